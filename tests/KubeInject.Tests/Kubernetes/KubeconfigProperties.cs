using FsCheck;
using FsCheck.Fluent;
using KubeInject.Kubernetes;

namespace KubeInject.Tests.Kubernetes;

public class KubeconfigProperties
{
    private const string Canary = "canary4711";
    private static readonly string Base64Canary = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"-----BEGIN EC PRIVATE KEY-----\n{Canary}\n"));

    private static readonly string Whole = $$"""
        apiVersion: v1
        kind: Config
        current-context: one
        clusters:
        - name: c
          cluster: &cluster
            server: "https://example.test:6443"
            insecure-skip-tls-verify: true
        - {name: d, cluster: *cluster}
        users:
        - name: u
          user:
            token: {{Canary}}
            password: '{{Canary}}'
            username: me
            client-certificate-data: {{Base64Canary}}
            client-key-data: |
              {{Base64Canary}}
        contexts:
        - name: one
          context: {cluster: c, user: u, namespace: shop}
        """;

    private static readonly string[] Splinters =
        ["", " ", "\n", "\t", ":", ": ", "- ", "*", "&a ", "!", "!!binary ", "!<", "|", ">", "'", "\"", "{", "}", "[", "]", "#", "%", "---\n", "...\n", "\\x", "\0", "\uFEFF", "\uD800", "? ", "~", "\r", "@", "`"];

    [Fact]
    public void Whatever_the_text_the_reader_fails_by_its_own_error_alone() =>
        Prop.ForAll(Mutations(4).ToArbitrary(), text =>
        {
            Attempt(text);
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Fact]
    public void Any_text_at_all_is_read_or_turned_down() =>
        Prop.ForAll<string>(text =>
        {
            Attempt(text ?? "");
            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_secret_appears_in_an_error() =>
        Prop.ForAll(Mutations(1).ToArbitrary(), text =>
        {
            var error = Attempt(text)?.ToString() ?? "";
            return !error.Contains(Canary, StringComparison.Ordinal) && !error.Contains(Base64Canary, StringComparison.Ordinal);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Fact]
    public void Merging_is_associative_and_an_empty_kubeconfig_changes_nothing() =>
        Prop.ForAll(Gen.Three(Names()).ToArbitrary(), three =>
        {
            var (a, b, c) = (Named(three.Item1, "a"), Named(three.Item2, "b"), Named(three.Item3, "c"));
            return Same(a.Merge(b).Merge(c), a.Merge(b.Merge(c))) && Same(a.Merge(new Kubeconfig()), a) && Same(new Kubeconfig().Merge(a), a);
        }).QuickCheckThrowOnFailure();

    private static KubeConfigurationException? Attempt(string text)
    {
        try
        {
            ConnectionSettings.FromKubeconfig(Kubeconfig.Parse(text, "/k/config"));
            return null;
        }
        catch (KubeConfigurationException e)
        {
            return e;
        }
    }

    /// <summary>The whole kubeconfig with some stretches of it replaced by splinters of YAML.</summary>
    private static Gen<string> Mutations(int most) =>
        from count in Gen.Choose(1, most)
        from edits in (from at in Gen.Choose(0, Whole.Length) from length in Gen.Choose(0, 12) from splinter in Gen.Elements(Splinters) select (at, length, splinter)).ListOf(count)
        select edits.Aggregate(Whole, (text, edit) =>
        {
            var at = Math.Min(edit.at, text.Length);
            return text[..at] + edit.splinter + text[Math.Min(at + edit.length, text.Length)..];
        });

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
