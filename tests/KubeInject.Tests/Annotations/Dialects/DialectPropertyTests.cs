using FsCheck;
using FsCheck.Fluent;
using KubeInject.Annotations;
using KubeInject.Annotations.Dialects;
using KubeInject.Kubernetes.Objects;
using KubeInject.Testing;
using static KubeInject.Tests.Annotations.Dialects.DialectPods;

namespace KubeInject.Tests.Annotations.Dialects;

public sealed class DialectPropertyTests
{
    private const int Runs = 1000;

    private static readonly Gen<string> Name = Gen.Elements(
        "agent-inject", "role", "agent-inject-status", "agent-inject-secret-a", "agent-inject-secret-a.b", "agent-inject-template-a", "agent-inject-template-b",
        "agent-inject-template-file-a", "agent-inject-secret-", "agent-inject-secret", "agent-configmap", "agent-pre-populate-only", "agent-inject-containers",
        "agent-inject-file-", "mutate", "vault-env-from-path", "vault-env-daemon", "secret-init-daemon", "vault-rol", "", "-", "\ud800", "ünï", "a\nb");

    private static readonly Gen<string> Prefix = Gen.Elements(
        Agent, Bank, DialectKey.SecretsWebhookPrefix, "vault.hashicorp.co/", "vault.security.banzaicloud.i/", InjectionAnnotation.Prefix, "/", "");

    private static readonly Gen<string> Value = Gen.OneOf(
        ArbMap.Default.GeneratorFor<string>().Select(text => text ?? ""),
        Gen.Elements(
            "", " ", "true", "false", "yes", "injected", "skip", "database/creds/a", "/v1/database/creds/a/", "v1/", "///", "a//b/creds/c", "database/static-creds/b",
            "database/roles/a", "aws/creds/a", "pg/creds/a,pg/creds/b#1", "app,,web", "{{", "}}", "{{ with secret \"", "{{ with secret \"\" }}{{ end }}",
            "{{ with secret \"database/creds/a\" }}\nexport U={{ .Data.username }}\nexport P={{ .Data.password }}\n{{ end }}",
            "{{ with secret \"database/creds/a\" }}\nexport U=pg://{{ .Data.username }}:{{ .Data.password }}@db\n{{ end }}",
            "{{ with secret \"database/creds/a\" }}pg://{{ .Data.username }}:{{ .Data.password }}@db{{ end }}",
            "{{ with secret \"database/creds/a\" }}{{ with secret \"secret/data/b\" }}export U={{ .Data.username }}{{ end }}{{ end }}"));

    private static readonly Gen<string> Reference = Gen.Elements(
        "vault:", ">>vault:", "vault:#", "vault:##", "vault:login", "vault:v1:x", "vault:database/creds/a#username", "vault:database/creds/a#password",
        "vault:pg/creds/a#password#3", "vault:database/creds/b#${.username}", "vault:database/creds/b#pg://${.username}:${.password}@db",
        "pg://${vault:database/creds/c#username}:${vault:database/creds/c#password}@db", "${vault:database/creds/a#username}${vault:x/y#z}", "${vault:", "${>>vault:#}",
        "vault:database/creds/a", ">>vault:database/creds/a#password", "vault:database/creds/a b#username");

    private static readonly Gen<(string Name, string Reference)[]> References =
        Gen.ArrayOf(from name in Gen.Elements("A", "B", "C", "", "A.B", "1,2", "VAULT_TOKEN") from reference in Reference select (name, reference));

    /// <summary>Annotations with which the Vault Agent injector writes credentials into a file.</summary>
    private static readonly Gen<(string Key, string Value)[]> AgentFile =
        from file in Gen.Elements("a", "b", "db.env")
        from path in Gen.Elements("database/creds/a", "pg/creds/b")
        from role in Gen.Elements<(string, string)[]>([], [(Agent + "role", "orders")])
        select ((string, string)[])[(Agent + "agent-inject", "true"), ($"{Agent}agent-inject-secret-{file}", path), .. role];

    private static readonly Gen<PodTemplate> AnyPod = Gen.Frequency(
        (3, PodOf(Prefix, References)),
        (1, from pod in PodOf(Prefix, References)
            from file in AgentFile
            select pod with { Annotations = file.Concat(pod.Annotations.Select(pair => (pair.Key, pair.Value))).DistinctBy(pair => pair.Key).ToDictionary() }),
        (1, PodOf(Gen.Constant(InjectionAnnotation.Prefix), Gen.Constant(Array.Empty<(string, string)>()))));

    private static Gen<PodTemplate> PodOf(Gen<string> prefix, Gen<(string Name, string Reference)[]> variables) =>
        from annotations in Map(prefix)
        from onWorkload in Map(prefix)
        from references in variables
        from isInit in Gen.Elements(true, false)
        from kind in Gen.Elements("Pod", "Deployment", "Job")
        select new PodTemplate
        {
            Object = new ObjectReference(kind, "shop", "orders"),
            Annotations = annotations,
            WorkloadAnnotations = onWorkload.Take(1).ToDictionary(),
            Containers = [WithVariables("app", [.. references.Take(2)]) with { IsInit = isInit }, WithVariables("web", [.. references.Skip(2)])],
        };

    private static Gen<Dictionary<string, string>> Map(Gen<string> prefixes) =>
        from pairs in Gen.ListOf(from prefix in prefixes from name in Name from value in Value select (Key: prefix + name, Value: value))
        select pairs.DistinctBy(pair => pair.Key).ToDictionary(pair => pair.Key, pair => pair.Value);

    [Fact]
    public void No_content_of_a_pod_makes_the_readers_or_the_conversion_throw() => ForAll(pod =>
    {
        var injections = ReadAll(pod);
        Assert.NotEmpty(injections);
        Assert.Equal(injections.Select(injection => injection.Dialect).Distinct().Order(), injections.Select(injection => injection.Dialect));
        Assert.All(injections, injection =>
        {
            Assert.Equal(injection.Databases.Select(database => database.Name).Distinct().Order(StringComparer.Ordinal), injection.Databases.Select(database => database.Name));
            Assert.All(injection.Findings, finding => Assert.DoesNotContain('\n', finding.ToString()));
            Assert.All(DialectConverter.Convert(injection, InjectionOptions.Default).Left, sentence => Assert.EndsWith(".", sentence, StringComparison.Ordinal));
        });
    });

    [Fact]
    public void Annotations_of_other_injectors_do_not_affect_ours()
    {
        var cases = new CaseCounter();
        ForAll(pod =>
        {
            var ours = pod with { Annotations = pod.Annotations.Where(pair => InjectionAnnotation.IsInjectionKey(pair.Key)).ToDictionary() };
            Assert.Equal(TestPods.Read(ours).Describe(), TestPods.Read(pod).Describe());
            var injections = ReadAll(pod);
            var own = injections.FirstOrDefault(injection => injection.Dialect == InjectionDialect.VaultDbInjector);
            cases.Count(own is null ? "other dialects only" : injections.Count > 1 ? "several dialects" : "ours only");
            if (own is not null)
                Assert.Equal(TestPods.Read(pod).Describe(), (own with { Findings = [.. own.Findings.Where(finding => finding.Code != FindingCode.MultipleInjectors)] }).Describe());
        });
        cases.Require(Runs / 20, "other dialects only", "several dialects", "ours only");
    }

    [Fact]
    public void The_order_of_the_keys_never_matters() => ForAll(pod =>
    {
        var pairs = pod.Annotations.ToArray();
        new System.Random(1).Shuffle(pairs);
        Assert.Equal(ReadAll(pod).Select(TestPods.Describe), ReadAll(pod with { Annotations = pairs.ToDictionary() }).Select(TestPods.Describe));
    });

    [Fact]
    public void A_converted_pod_has_the_same_roles_and_mounts()
    {
        var cases = new CaseCounter();
        ForAll(pod =>
        {
            var before = TestPods.Read(pod);
            foreach (var injection in ReadAll(pod).Where(injection => injection.Dialect != InjectionDialect.VaultDbInjector))
            {
                var conversion = DialectConverter.Convert(injection, InjectionOptions.Default);
                cases.Count(conversion.Changes.Count == 0 ? "nothing to convert" : $"{injection.Dialect}");
                if (conversion.Changes.Count == 0)
                    continue;
                var after = TestPods.Read(DialectConverterTests.Apply(pod, conversion));
                var carried = after.Databases.Where(database => before.Databases.All(other => other.Name != database.Name)).ToList();
                Assert.NotEmpty(carried);
                Assert.All(carried, database => Assert.Contains(injection.Databases, other => other.Role == database.Role && other.Mount == database.Mount && other.Mode == database.Mode));
                Assert.Equal(InjectionState.Pending, after.State);
                if (!before.HasErrors)
                    Assert.False(after.HasErrors);
            }
        });
        cases.Require(Runs / 20, "nothing to convert", "VaultAgent", "BankVaults");
    }

    private static void ForAll(Action<PodTemplate> body) => Prop.ForAll(Arb.From(AnyPod), body).CheckSeeded(Runs);
}
