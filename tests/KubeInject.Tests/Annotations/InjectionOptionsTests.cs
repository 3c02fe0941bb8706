using KubeInject.Annotations;
using KubeInject.Annotations.Dialects;
using KubeInject.Kubernetes.Objects;
using static KubeInject.Tests.Annotations.TestPods;

namespace KubeInject.Tests.Annotations;

/// <summary>Operators of the in-cluster injector can change its label and its default mount path.</summary>
public sealed class InjectionOptionsTests
{
    private static readonly Dictionary<string, string> Variables = new(StringComparer.Ordinal)
    {
        ["KUBEINJECT_INJECTOR_LABEL"] = "vault-db-injector-dev",
        ["KUBEINJECT_DEFAULT_MOUNT"] = "/dev/databases/",
    };

    [Fact]
    public void A_value_wins_over_the_environment_then_the_default()
    {
        var specified = InjectionOptions.Read("example.org/inject", "pg", Variables.GetValueOrDefault);
        var fromVariables = InjectionOptions.Read(null, null, Variables.GetValueOrDefault);
        var byDefault = InjectionOptions.Read(null, null, _ => "");

        Assert.Equal(("example.org/inject", "pg", true), (specified.LabelKey, specified.DefaultMount, specified.IsLabelSpecified));
        Assert.Equal(("vault-db-injector-dev", "dev/databases", true), (fromVariables.LabelKey, fromVariables.DefaultMount, fromVariables.IsLabelSpecified));
        Assert.Equal(("vault-db-injector", "databases", false), (byDefault.LabelKey, byDefault.DefaultMount, byDefault.IsLabelSpecified));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("A_b.c-9")]
    [InlineData("sub.example.org/inject")]
    public void A_label_key_that_Kubernetes_accepts_is_valid(string key) => Assert.Equal(key, new InjectionOptions { LabelKey = key }.LabelKey);

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("a\n")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a/b/c")]
    [InlineData("Example.org/inject")]
    [InlineData("example..org/inject")]
    [InlineData("vault-db-injector=true")]
    public void Another_label_key_is_an_error_that_names_the_parameter_or_variable(string key)
    {
        Assert.Throws<FormatException>(() => new InjectionOptions { LabelKey = key });

        var ofParameter = Assert.Throws<FormatException>(() => InjectionOptions.Read(key, null, _ => null));
        Assert.StartsWith("-InjectorLabel: '", ofParameter.Message, StringComparison.Ordinal);
        if (key.Length > 0)
        {
            var ofVariable = Assert.Throws<FormatException>(() => InjectionOptions.Read(null, null, name => name == InjectionOptions.LabelVariable ? key : null));
            Assert.StartsWith("KUBEINJECT_INJECTOR_LABEL: '", ofVariable.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_label_key_has_at_most_63_characters_after_a_prefix_of_253()
    {
        var (name, prefix) = (new string('n', 63), string.Join('.', Enumerable.Repeat(new string('p', 63), 3)) + "." + new string('p', 61));

        Assert.Equal($"{prefix}/{name}", new InjectionOptions { LabelKey = $"{prefix}/{name}" }.LabelKey);
        Assert.Throws<FormatException>(() => new InjectionOptions { LabelKey = $"{name}n" });
        Assert.Throws<FormatException>(() => new InjectionOptions { LabelKey = $"{prefix}p/{name}" });
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("/")]
    [InlineData("//")]
    public void An_empty_mount_path_is_an_error_that_names_the_parameter(string path)
    {
        var error = Assert.Throws<FormatException>(() => InjectionOptions.Read(null, path, _ => null));
        Assert.StartsWith("-DefaultMount: The mount path is empty.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pod_of_another_installed_injector_is_read_with_the_label_of_that_injector()
    {
        var options = new InjectionOptions { OtherLabelKeys = ["inject-a", "vault-db-injector-dev"] };
        var ofOther = Labeled("vault-db-injector-dev", ("orders.role", "rw"));

        PodInjectionReader.Read(ofOther, options).HasNo(FindingCode.MissingLabel);
        Assert.Equal("vault-db-injector-dev", PodInjections.ReadAll(Labeled("vault-db-injector-dev"), options)[0].Only(FindingCode.LabelWithoutAnnotations).Key);
        Assert.Equal("vault-db-injector", PodInjectionReader.Read(Labeled("app", ("orders.role", "rw")), options).Only(FindingCode.MissingLabel).Key);
    }

    [Fact]
    public void A_pod_of_another_installed_injector_than_the_specified_one_has_a_finding_without_a_fix()
    {
        var options = new InjectionOptions { LabelKey = "vault-db-injector", OtherLabelKeys = ["vault-db-injector-dev"] };

        var finding = PodInjectionReader.Read(Labeled("vault-db-injector-dev", ("orders.role", "rw")), options).Only(FindingCode.MissingLabel);

        Assert.Contains("the label 'vault-db-injector-dev' of another installed injector, which acts on the pod", finding.Message, StringComparison.Ordinal);
        Assert.Null(finding.Fix);
        Assert.NotNull(PodInjectionReader.Read(Labeled("app", ("orders.role", "rw")), options).Only(FindingCode.MissingLabel).Fix);
    }

    [Fact]
    public void A_label_is_written_for_the_injector_that_selects_the_pod_unless_another_is_specified()
    {
        var labels = Labeled("vault-db-injector-dev").Labels;
        var byDefault = new InjectionOptions { OtherLabelKeys = ["vault-db-injector-dev"] };

        Assert.Equal("vault-db-injector-dev", byDefault.LabelFor(labels));
        Assert.Equal("vault-db-injector", byDefault.LabelFor(Labeled("app").Labels));
        Assert.Equal("vault-db-injector", (byDefault with { LabelKey = "vault-db-injector" }).LabelFor(labels));
        Assert.Equal("vault-db-injector", byDefault.LabelFor(new Dictionary<string, string>(labels) { ["vault-db-injector"] = "true" }));
    }

    private static PodTemplate Labeled(string label, params (string Key, string Value)[] annotations) =>
        With(annotations) with { Labels = new Dictionary<string, string> { [label] = "true" } };
}
