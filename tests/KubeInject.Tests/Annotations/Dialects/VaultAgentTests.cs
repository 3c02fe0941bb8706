using KubeInject.Annotations;
using static KubeInject.Tests.Annotations.Dialects.DialectPods;

namespace KubeInject.Tests.Annotations.Dialects;

public sealed class VaultAgentTests
{
    [Fact]
    public void A_secret_is_a_database_with_its_name()
    {
        var injection = Only(ForAgent(Secret("database/creds/orders-rw"), Secret("team/pg/static-creds/stock", "stock")));
        Assert.Equal((InjectionDialect.VaultAgent, InjectionState.Pending), (injection.Dialect, injection.State));
        Assert.Equal(["orders: role orders-rw of database, classic", "stock: role stock of team/pg, classic"], injection.Databases.Select(database => database.ToString()));
        Assert.All(injection.Databases, database => Assert.Empty(database.UsernameVariables.Concat(database.PasswordVariables)));
        Assert.Empty(injection.Findings);
        Assert.Equal("shop/deployment/orders: Pending, orders, stock in the dialect VaultAgent", injection.ToString());
    }

    [Theory]
    [InlineData("export DB_USER=\"{{ .Data.username }}\"\nexport DB_PASSWORD=\"{{ .Data.password }}\"")]
    [InlineData("  export DB_USER={{.Data.username}}\r\n  export DB_PASSWORD='{{- .Data.password -}}';")]
    public void Exports_of_a_template_are_variables(string exports)
    {
        var database = Assert.Single(Only(ForAgent(Secret(), Template($"{{{{- with secret \"database/creds/orders\" -}}}}\n{exports}\n{{{{- end }}}}"))).Databases);
        Assert.Equal("DB_USER", Assert.Single(database.UsernameVariables));
        Assert.Equal("DB_PASSWORD", Assert.Single(database.PasswordVariables));
    }

    [Theory]
    [InlineData("user={{ .Data.username }}\npassword={{ .Data.password }}")]
    [InlineData("{{ range $k, $v := .Data }}{{ $k }}={{ $v }}{{ end }}")]
    [InlineData("# export DB_USER={{ .Data.username }}")]
    public void Text_that_a_template_does_not_export_is_not_a_variable(string text)
    {
        var database = Assert.Single(Only(ForAgent(Template($"{{{{ with secret \"database/creds/orders\" }}}}\n{text}\n{{{{ end }}}}"))).Databases);
        Assert.Empty(database.UsernameVariables.Concat(database.PasswordVariables).Concat(database.UriVariables));
    }

    [Theory]
    [InlineData("export URL=\"postgres://{{ .Data.username }}:{{ .Data.password }}@db:5432/orders\"", "URL", "postgres://db:5432/orders")]
    [InlineData("export URL=mysql://db/orders?user={{.Data.username}}&password={{.Data.password | urlquery}}", "URL", "mysql://db/orders?user={{user}}&password={{password}}")]
    [InlineData("postgres://{{ .Data.username }}:{{ .Data.password }}@db:5432/orders", "", "postgres://db:5432/orders")]
    public void A_URI_in_a_template_becomes_a_template(string text, string variables, string template)
    {
        var database = Assert.Single(Only(ForAgent(Secret(), Template($"{{{{- with secret \"database/creds/orders\" -}}}}\n{text}\n{{{{- end }}}}"))).Databases);
        Assert.Equal(InjectionMode.Uri, database.Mode);
        Assert.Equal(template, database.Template);
        Assert.Equal(variables, string.Join(',', database.UriVariables));
    }

    [Fact]
    public void A_template_alone_determines_its_path() =>
        Assert.Equal("pg", Assert.Single(Only(ForAgent(Template("{{ with secret `pg/creds/orders` }}{{ .Data.username }}{{ end }}"))).Databases).Mount);

    [Fact]
    public void A_template_with_custom_delimiters_is_not_read()
    {
        var pod = ForAgent(Secret(), Template("{{ with secret \"secret/x\" }}{{ end }}"), (Agent + "agent-template-left-delim-orders", "[["));
        Assert.Equal("orders", Assert.Single(Only(pod).Databases).Role);
    }

    [Theory]
    [InlineData("true", InjectionState.Pending, 1)]
    [InlineData("1", InjectionState.Pending, 1)]
    [InlineData("false", InjectionState.None, 0)]
    [InlineData("", InjectionState.None, 0)]
    [InlineData("yes", InjectionState.None, 1)]
    public void The_inject_annotation_determines_the_state(string value, InjectionState state, int databases)
    {
        var injection = Only(ForAgent(Secret(), (Agent + "agent-inject", value)));
        Assert.Equal((state, databases), (injection.State, injection.Databases.Count));
    }

    [Fact]
    public void The_status_annotation_shows_that_the_pod_is_injected() =>
        Assert.Equal(InjectionState.Injected, Only(ForAgent(Secret(), (Agent + "agent-inject-status", "injected"))).State);

    [Fact]
    public void A_missing_inject_annotation_is_an_error_whose_fix_sets_it()
    {
        var finding = Only(Pod((Agent + "role", "orders"), Secret())).Only(FindingCode.InjectorNotActivated);
        Assert.Equal(FindingSeverity.Error, finding.Severity);
        Assert.Equal([new SetMetadata(MetadataField.Annotation, Agent + "agent-inject", "true")], finding.Fix!.Changes);
    }

    [Theory]
    [InlineData("agent-inject-secrets-orders", "agent-inject-secret-orders")]
    [InlineData("agent-inject-templte-orders", "agent-inject-template-orders")]
    [InlineData("agent-inti-first", "agent-init-first")]
    [InlineData("roles", "role")]
    public void A_misspelled_name_is_renamed_to_the_nearest_known_name(string typed, string meant)
    {
        var finding = Only(Pod((Agent + "agent-inject", "true"), (Agent + typed, "x"))).Only(FindingCode.UnknownDialectKey);
        Assert.Contains(Agent + meant, finding.Suggestion, StringComparison.Ordinal);
        Assert.Equal([new RenameMetadata(MetadataField.Annotation, Agent + typed, Agent + meant)], finding.Fix!.Changes);
    }

    [Fact]
    public void Nothing_is_renamed_to_an_existing_key() =>
        Assert.Null(Only(ForAgent(Secret(), (Agent + "roles", "x"))).Only(FindingCode.UnknownDialectKey).Fix);

    [Theory]
    [InlineData("vault.hashcorp.com/")]
    [InlineData("vault.hashicorpp.com/")]
    [InlineData("vault.hasihcorp.com/")]
    [InlineData("vault.hashicorp.con/")]
    public void A_prefix_with_one_wrong_letter_is_a_finding(string prefix)
    {
        var finding = Only(ForAgent(Secret(), (prefix + "agent-init-first", "true"))).Only(FindingCode.MisspelledDialectPrefix);
        Assert.Equal([new RenameMetadata(MetadataField.Annotation, prefix + "agent-init-first", Agent + "agent-init-first")], finding.Fix!.Changes);
    }

    [Theory]
    [InlineData("vault.hashicorp.com.example/")]
    [InlineData("vault.example.com/")]
    [InlineData("vlt.hashicorp.com/")]
    [InlineData("vault.hashicorp.com")]
    public void A_prefix_with_more_differences_is_ignored(string key) => Assert.Equal(InjectionDialect.VaultDbInjector, Only(Pod((key, "x"))).Dialect);

    [Theory]
    [InlineData("database/roles/orders", "database/creds/orders")]
    [InlineData("database/cred/orders", "database/creds/orders")]
    [InlineData("db/static-roles/orders", "db/static-creds/orders")]
    [InlineData("v1/database/creds/orders", "database/creds/orders")]
    [InlineData("/v1/pg/static-creds/orders", "pg/static-creds/orders")]
    public void A_path_with_a_typo_is_fixed(string path, string meant)
    {
        var change = Assert.Single(Only(ForAgent(Secret(path))).Findings.Single().Fix!.Changes);
        Assert.Equal(new SetMetadata(MetadataField.Annotation, Agent + "agent-inject-secret-orders", meant), change);
    }

    [Theory]
    [InlineData("secret/data/orders")]
    [InlineData("secret/roles/orders")]
    [InlineData("aws/creds/orders")]
    [InlineData("kv/orders")]
    [InlineData("creds/orders")]
    [InlineData("some other text/creds/orders")]
    public void A_secret_that_is_not_a_database_credential_is_reported(string path)
    {
        var injection = Only(ForAgent(Secret(path)));
        Assert.Empty(injection.Databases);
        var finding = Assert.Single(injection.Findings);
        Assert.Equal((FindingCode.UnsupportedSetting, FindingSeverity.Information), (finding.Code, finding.Severity));
    }

    [Fact]
    public void No_message_repeats_a_path_that_contains_a_password() =>
        Assert.All(
            (string[])["postgres://me:hunter2@db/roles/orders", "v1/postgres://me:hunter2@db/orders", "database/hunter2"],
            path => Assert.All(Only(ForAgent(Secret(path))).Findings, finding =>
            {
                Assert.DoesNotContain("hunter2", finding.ToString(), StringComparison.Ordinal);
                Assert.DoesNotContain("hunter2", $"{finding.Fix}", StringComparison.Ordinal);
            }));

    [Fact]
    public void A_template_with_a_misspelled_secret_name_is_renamed()
    {
        var finding = Only(ForAgent(Secret(), Template("x", "order"))).Only(FindingCode.SettingWithoutSecret);
        Assert.Equal(
            [new RenameMetadata(MetadataField.Annotation, Agent + "agent-inject-template-order", Agent + "agent-inject-template-orders")], finding.Fix!.Changes);
    }

    [Theory]
    [InlineData("Job", false)]
    [InlineData("CronJob", false)]
    [InlineData("Deployment", true)]
    public void A_lease_that_is_not_renewed_matters_only_to_running_containers(string kind, bool matters)
    {
        var pod = ForAgent(Secret(), (Agent + "agent-pre-populate-only", "true"));
        var findings = Only(pod with { Object = pod.Object with { Kind = kind } }).Findings;
        Assert.Equal(matters, findings.Any(finding => finding.Code == FindingCode.LeaseNotRenewed));
    }

    [Fact]
    public void Annotations_of_the_workload_are_moved()
    {
        var finding = Assert.Single(Only(Pod() with { WorkloadAnnotations = ForAgent(Secret()).Annotations }).Findings);
        Assert.Equal((FindingCode.AnnotationsOnWorkload, FindingSeverity.Error), (finding.Code, finding.Severity));
        Assert.Equal(3, finding.Fix!.Changes.OfType<MoveMetadata>().Count());
    }
}
