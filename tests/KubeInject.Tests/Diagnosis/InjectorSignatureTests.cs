using KubeInject.Annotations;
using KubeInject.Diagnosis.Cluster;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Tests.Diagnosis;

public sealed class InjectorSignatureTests
{
    private const string PodRule = """{"operations":["CREATE"],"apiGroups":[""],"apiVersions":["v1"],"resources":["pods"]}""";

    [Theory]
    [InlineData("vault-db-injector", "vault-db-injector.example.org", "vault-db-injector", InjectionDialect.VaultDbInjector)]
    [InlineData("vault-agent-injector-cfg", "vault.hashicorp.com", "vault-agent-injector-svc", InjectionDialect.VaultAgent)]
    [InlineData("release-vault-agent-injector-cfg", "vault.hashicorp.com", "release-vault-agent-injector-svc", InjectionDialect.VaultAgent)]
    [InlineData("vault-secrets-webhook", "pods.vault-secrets-webhook.admission.banzaicloud.com", "vault-secrets-webhook", InjectionDialect.BankVaults)]
    public void Installed_injectors_are_recognized_by_their_names(string configuration, string webhook, string service, InjectionDialect dialect)
    {
        var read = Read(configuration, $$"""{"name":"{{webhook}}","clientConfig":{"service":{"namespace":"vault","name":"{{service}}"} },"rules":[{{PodRule}}]}""");

        Assert.Equal([dialect], Enum.GetValues<InjectionDialect>().Where(one => InjectorSignature.Find(read, one, InjectionOptions.Default) is not null));
    }

    [Fact]
    public void The_in_cluster_injector_is_recognized_by_the_label_of_its_selector()
    {
        var read = Read("creds", """{"name":"creds.example.org","objectSelector":{"matchLabels":{"db-creds":"true"}}}""");

        Assert.NotNull(InjectorSignature.Find(read, InjectionDialect.VaultDbInjector, new InjectionOptions { LabelKey = "db-creds" }));
        Assert.Null(InjectorSignature.Find(read, InjectionDialect.VaultDbInjector, InjectionOptions.Default));
    }

    [Theory]
    [InlineData("pods.kubeinject.io", "shop", true)]
    [InlineData("pods.kubeinject.io", "vault-db-injector", true)]
    [InlineData("pods.kubeinject.io.example.org", "kubeinject", false)]
    [InlineData("vault-db-injector.example.org", "kubeinject", false)]
    public void Only_the_name_of_the_webhook_makes_it_that_of_KubeInject(string name, string service, bool expected)
    {
        var read = Read("kubeinject", $$"""{"name":"{{name}}","objectSelector":{"matchLabels":{"vault-db-injector":"true"} },"clientConfig":{"service":{"namespace":"kubeinject","name":"{{service}}","path":"/mutate"} } }""");

        Assert.Equal(expected, InjectorSignature.Find(read, InjectionDialect.VaultDbInjector, InjectionOptions.Default) == InjectorSignature.KubeInject);
    }

    [Fact]
    public void The_label_of_the_KubeInject_webhook_is_used()
    {
        var read = Read("kubeinject", $$"""{"name":"pods.kubeinject.io","objectSelector":{"matchLabels":{"db-creds":"true"} },"rules":[{{PodRule}}]}""");

        Assert.Equal("db-creds", InjectorLabels.Choose(InjectionOptions.Default, [read]).LabelKey);
    }

    [Fact]
    public void Other_webhooks_are_not_recognized() => Assert.DoesNotContain(
        Enum.GetValues<InjectionDialect>(),
        dialect => InjectorSignature.Find(Read("istio-sidecar-injector", """{"name":"sidecar-injector.istio.io"}"""), dialect, InjectionOptions.Default) is not null);

    [Theory]
    [InlineData(PodRule, true)]
    [InlineData("""{"operations":["*"],"apiGroups":["*"],"apiVersions":["*"],"resources":["*"],"scope":"*"}""", true)]
    [InlineData("""{"operations":["UPDATE","CREATE"],"apiGroups":[""],"apiVersions":["v1"],"resources":["pods/*"],"scope":"Namespaced"}""", true)]
    [InlineData("""{"operations":["CREATE"],"apiGroups":[""],"apiVersions":["v1"],"resources":["pods/exec"]}""", false)]
    [InlineData("""{"operations":["CREATE"],"apiGroups":["apps"],"apiVersions":["v1"],"resources":["pods"]}""", false)]
    [InlineData("""{"operations":["UPDATE"],"apiGroups":[""],"apiVersions":["v1"],"resources":["pods"]}""", false)]
    [InlineData("""{"operations":["CREATE"],"apiGroups":[""],"apiVersions":["v1"],"resources":["pods"],"scope":"Cluster"}""", false)]
    public void Rules_match_new_pods_as_in_the_API_server(string rule, bool expected) =>
        Assert.Equal(expected, Read("a", $$"""{"name":"a","rules":[{{rule}}]}""").IsForNewPods);

    [Fact]
    public void Missing_fields_have_the_defaults_of_the_API()
    {
        var read = Read("a", """{"name":"a","clientConfig":{"service":{"namespace":"vault","name":"a"}}}""");

        Assert.Equal((443, 10, false), (read.Port, read.TimeoutSeconds, read.IgnoresFailure));
        Assert.True(read.NamespaceSelector.Matches(new Dictionary<string, string>()));
    }

    private static MutatingWebhook Read(string configuration, string webhook) =>
        Assert.Single(MutatingWebhook.Read(KubeObject.Parse($$$"""{"metadata":{"name":"{{{configuration}}}"},"webhooks":[{{{webhook}}}]}""")));
}
