using KubeInject.Annotations;
using KubeInject.Kubernetes.Objects;
using static KubeInject.Tests.Annotations.Dialects.DialectPods;
using static KubeInject.Tests.Annotations.TestPods;

namespace KubeInject.Tests.Annotations;

/// <summary>A pod with the finding, for every code.</summary>
internal static class FindingSamples
{
    public static IReadOnlyList<(string Code, PodTemplate Pod)> All { get; } =
    [
        (FindingCode.UnknownKey, With(("clutser", "pg"))),
        (FindingCode.UnknownSetting, With(("orders.rol", "rw"))),
        (FindingCode.MissingRole, With(("orders.mode", "classic"))),
        (FindingCode.EmptyDatabaseName, With((".role", "rw"))),
        (FindingCode.UnknownMode, With(("orders.role", "rw"), ("orders.mode", "url"))),
        (FindingCode.MissingTemplate, With(("orders.role", "rw"), ("orders.mode", "uri"), ("orders.env-key-uri", "URL"))),
        (FindingCode.MissingUriVariable, With(("orders.role", "rw"), ("orders.mode", "uri"), ("orders.template", "pg://db"))),
        (FindingCode.InvalidTemplate, WithTemplate("db:5432/orders")),
        (FindingCode.InvalidVariableName, With(("orders.role", "rw"), ("orders.env-key-dbuser", "1ST"))),
        (FindingCode.DuplicateVariable, With(("orders.role", "rw"), ("users.role", "rw"))),
        (FindingCode.ReplacedVariable, With(("orders.role", "rw")) with { Containers = [new PodContainer("app", false, ["DBUSER"])] }),
        (FindingCode.AnnotationsOnWorkload, With() with { WorkloadAnnotations = Prefixed(("orders.role", "rw")) }),
        (FindingCode.AnnotationsOnWorkload, With(("orders.role", "rw")) with { WorkloadAnnotations = Prefixed(("orders.role", "rw")) }),
        (FindingCode.MissingLabel, With(("orders.role", "rw")) with { Labels = new Dictionary<string, string>() }),
        (FindingCode.LabelNotTrue, With(("orders.role", "rw")) with { Labels = new Dictionary<string, string> { ["vault-db-injector"] = "yes" } }),
        (FindingCode.LabelWithoutAnnotations, With()),
        (FindingCode.VersionOneAnnotation, With(("revoke-ttl", "1h"))),
        (FindingCode.UuidCountMismatch, With(("orders.role", "rw"), ("users.role", "rw"), ("uuid", FirstUuid))),
        (FindingCode.InvalidUuid, With(("orders.role", "rw"), ("uuid", "../other"))),
        (FindingCode.LegacyUuid, With(("orders.role", "rw"), ("orders.uuid", FirstUuid))),
        (FindingCode.ModeWithoutEffect, With(("orders.role", "rw"), ("mode", "uri"))),
        (FindingCode.SettingOfOtherMode, With(("orders.role", "rw"), ("orders.template", "pg://db"))),
        (FindingCode.NoDatabase, With(("cluster", "pg"))),
        (FindingCode.DefaultedVariable, With(("orders.role", "rw"))),
        (FindingCode.PlaceholderTemplate, WithTemplate("pg://{{user}}:{{password}}@db")),
        (FindingCode.ReplacedUserInfo, WithTemplate("pg://me:mine@db")),
        (FindingCode.EmptyListItem, With(("orders.role", "rw"), ("orders.env-key-dbuser", "A,,B"))),
        (FindingCode.ValueNotString, With(("orders.role", "5432")) with { NonStringKeys = [InjectionAnnotation.Prefix + "orders.role"] }),
        (FindingCode.MisspelledPrefix, With() with { Annotations = new Dictionary<string, string> { ["db-creds-injector.numberley.io/orders.role"] = "rw" } }),
        (FindingCode.MisspelledLabel, With(("orders.role", "rw")) with { Labels = new Dictionary<string, string> { ["vault-db-injecter"] = "true" } }),
        (FindingCode.WhitespaceInRole, With(("orders.role", "orders rw"))),
        (FindingCode.WhitespaceInRole, With(("orders.role", "orders-rw "))),
        (FindingCode.ShadowedVariable, With(("orders.role", "rw")) with
        {
            Containers = [new PodContainer("app", false, []) { VariableSources = [new VariableSource("ConfigMap", "orders", "", false) { Keys = ["DBUSER"] }] }],
        }),
        (FindingCode.PortSchemeMismatch, WithTemplate("postgres://db:3306/orders")),
        (FindingCode.ProxyNotRunning, WithTemplate("postgres://localhost:5432/orders") with { Containers = [new PodContainer("migrate", true, [])] }),
        (FindingCode.TemplateWithoutHost, WithTemplate("postgres://:5432/orders")),
        (FindingCode.UnresolvedReference, With(("orders.role", "rw")) with
        {
            Containers = [new PodContainer("app", false, ["PGPASSWORD", "DBUSER"]) { DependentVariables = [new DependentVariable(0, ["DBUSER"])] }],
        }),
        (FindingCode.InvisibleCharacter, With(("orders.role", "orders-rw\u200B"))),
        (FindingCode.SurroundingWhitespace, With(("orders.role", "rw"), ("cluster", " databases "))),
        (FindingCode.TemplateNotParsed, WithTemplate("mysql://tcp(db:3306)/orders")),
        (FindingCode.EmptyRole, With(("role", "rw"), ("orders.role", ""))),
        (FindingCode.MissingVariables, With(("orders.role", "rw"), ("uuid", FirstUuid)) with { Containers = [new PodContainer("app", false, ["DBUSER"])] }),
        (FindingCode.NriPlaceholders, With(("orders.role", "rw")) with { Containers = [new PodContainer("app", false, ["DBUSER"]) { PlaceholderVariables = ["DBUSER"] }] }),
        (FindingCode.MisplacedKey, With(("orders.role", "rw")) with { MisplacedKeys = [new MisplacedKeys("spec.annotations", [InjectionAnnotation.Prefix + "orders.role"])] }),
        (FindingCode.MisplacedKey, With() with { Annotations = new Dictionary<string, string>(), HasTemplate = false, MisplacedKeys = [new MisplacedKeys("", [InjectionAnnotation.Prefix + "orders.role"])] }),
        (FindingCode.InjectorNotActivated, Pod((Agent + "role", "orders"), Secret())),
        (FindingCode.InjectorNotActivated, ForAgent((Agent + "agent-inject", "false"))),
        (FindingCode.InjectorNotActivated, ForBank((Bank + "mutate", "skip"))),
        (FindingCode.AgentWithoutRole, Pod((Agent + "agent-inject", "true"), Secret())),
        (FindingCode.UnknownDialectKey, ForAgent((Agent + "agent-inject-secrets-x", "a/b"))),
        (FindingCode.MisspelledDialectPrefix, Pod(("vault.hashcorp.com/role", "orders"))),
        (FindingCode.MissingSecretName, ForAgent((Agent + "agent-inject-secret-", "a/b"))),
        (FindingCode.SettingWithoutSecret, ForAgent((Agent + "agent-inject-file-order", "x"))),
        (FindingCode.InvalidCredentialPath, ForAgent(Secret("database/roles/orders"))),
        (FindingCode.ApiVersionInPath, ForAgent(Secret("v1/database/creds/orders"))),
        (FindingCode.TemplateReadsOtherPath, ForAgent(Secret(), Template("{{ with secret \"database/creds/x\" }}{{ end }}"))),
        (FindingCode.UnknownCredentialField, ForAgent(Secret(), Template("{{ with secret \"database/creds/orders\" }}{{ .Data.user }}{{ end }}"))),
        (FindingCode.UnsupportedSetting, ForAgent(Secret("secret/data/orders"))),
        (FindingCode.InvalidBoolean, ForAgent(Secret(), (Agent + "agent-init-first", "yes"))),
        (FindingCode.LeaseNotRenewed, ForAgent(Secret(), (Agent + "agent-pre-populate-only", "true"))),
        (FindingCode.LeaseNotRenewed, ForBank()),
        (FindingCode.InitContainerBeforeSecrets, ForAgent(Secret()) with { Containers = [new PodContainer("migrate", true, [])] }),
        (FindingCode.UnknownContainer, ForAgent(Secret(), (Agent + "agent-inject-containers", "web")) with { Containers = [new PodContainer("app", false, [])] }),
        (FindingCode.ReferenceWithoutKey, ForBank("vault:database/creds/orders")),
        (FindingCode.CredentialsWritten, ForBank(">>vault:database/creds/orders#password")),
        (FindingCode.VersionedCredentials, ForBank("vault:database/creds/orders#password#1")),
        (FindingCode.SplitCredentials, ForBank() with
        {
            Containers =
            [
                WithVariables("app", ("PGUSER", "vault:database/creds/orders#username")),
                WithVariables("worker", ("PGPASSWORD", "vault:database/creds/orders#password")),
            ],
        }),
        (FindingCode.NothingToInject, Pod((Bank + "vault-addr", "https://vault:8200"))),
    ];
}
