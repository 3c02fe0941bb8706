using FsCheck;
using FsCheck.Fluent;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Testing;

namespace KubeInject.Tests.Kubernetes;

public class KubeconfigProperties
{
    [Fact]
    public void Any_text_is_read_or_rejected() =>
        Prop.ForAll<string>(text =>
        {
            KubeconfigFuzzTests.Attempt(text ?? "");
            return true;
        }).CheckSeeded();

    [Fact]
    public void Merging_is_associative_and_an_empty_kubeconfig_changes_nothing() =>
        Prop.ForAll(Gen.Three(Names()).ToArbitrary(), three =>
        {
            var (a, b, c) = (Named(three.Item1, "a"), Named(three.Item2, "b"), Named(three.Item3, "c"));
            return Same(a.Merge(b).Merge(c), a.Merge(b.Merge(c))) && Same(a.Merge(new Kubeconfig()), a) && Same(new Kubeconfig().Merge(a), a);
        }).CheckSeeded();

    private static Gen<List<string>> Names() => Gen.Elements("x", "y", "z").ListOf(3).Select(names => names.Distinct().ToList());

    private static Kubeconfig Named(List<string> names, string file) => new()
    {
        CurrentContext = names.Contains("y") ? file : null,
        Users = [.. names.Select(name => new KubeconfigUser { Name = name, File = file })],
        Contexts = [.. names.Select(name => new KubeconfigContext { Name = name, File = file })],
    };

    private static bool Same(Kubeconfig one, Kubeconfig other) =>
        one.CurrentContext == other.CurrentContext
        && one.Users.Select(user => (user.Name, user.File)).SequenceEqual(other.Users.Select(user => (user.Name, user.File)))
        && one.Contexts.SequenceEqual(other.Contexts);
}
