using KubeInject.Annotations;
using KubeInject.Annotations.Dialects;
using KubeInject.Kubernetes.Objects;
using static KubeInject.Tests.Annotations.Dialects.DialectPods;

namespace KubeInject.Tests.Annotations.Dialects;

public sealed class DialectConverterTests
{
    [Fact]
    public void Exports_of_a_template_are_converted_and_removed_from_the_other_dialect()
    {
        var pod = ForAgent(Secret("pg/creds/orders-rw"), Template("{{ with secret \"pg/creds/orders-rw\" }}\nexport A={{ .Data.username }}\nexport B={{ .Data.password }}\n{{ end }}"));
        var conversion = Convert(pod);
        Assert.Equal(
            [
                new SetMetadata(MetadataField.Label, "vault-db-injector", "true"),
                new SetMetadata(MetadataField.Annotation, InjectionAnnotation.Cluster, "pg"),
                new SetMetadata(MetadataField.Annotation, InjectionAnnotation.ForDatabase("orders", "env-key-dbpassword"), "B"),
                new SetMetadata(MetadataField.Annotation, InjectionAnnotation.ForDatabase("orders", "env-key-dbuser"), "A"),
                new SetMetadata(MetadataField.Annotation, InjectionAnnotation.ForDatabase("orders", "role"), "orders-rw"),
                new RemoveMetadata(MetadataField.Annotation, Agent + "agent-inject"),
                new RemoveMetadata(MetadataField.Annotation, Agent + "agent-inject-secret-orders"),
                new RemoveMetadata(MetadataField.Annotation, Agent + "agent-inject-template-orders"),
                new RemoveMetadata(MetadataField.Annotation, Agent + "role"),
            ],
            conversion.Changes);
        Assert.Contains("role", Assert.Single(conversion.Left), StringComparison.Ordinal);
        Assert.Empty(PodInjections.ReadAll(Converted(pod), InjectionOptions.Default).SelectMany(injection => injection.Findings));
    }

    [Fact]
    public void A_file_becomes_variables_named_after_it_and_this_is_reported()
    {
        var pod = ForAgent(Secret(name: "db-creds.env"));
        var database = Assert.Single(TestPods.Read(Converted(pod)).Databases);
        Assert.Equal(("db-creds-env", "orders", "database"), (database.Name, database.Role, database.Mount));
        Assert.Equal("DB_CREDS_ENV_USERNAME", Assert.Single(database.UsernameVariables));
        Assert.Equal("DB_CREDS_ENV_PASSWORD", Assert.Single(database.PasswordVariables));
        Assert.Contains(Convert(pod).Left, sentence => sentence.Contains("db-creds.env", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("export C=\"Server=db;User Id={{ .Data.username }};Password={{ .Data.password }}\"", "an ADO.NET connection string in line 4")]
    [InlineData("Server=db;User Id={{ .Data.username }};Password={{ .Data.password }}", "an ADO.NET connection string in line 4")]
    [InlineData("dsn: '{{ .Data.username }}:{{ .Data.password }}@tcp(db:3306)/orders'", "a DSN of the Go driver for MySQL in line 4")]
    [InlineData("export LEASE={{ .LeaseID }}", "'.LeaseID' in line 4")]
    public void The_parts_of_a_template_that_are_not_converted_are_named_with_their_line(string line, string part)
    {
        var pod = ForAgent(Secret(), Template($"{{{{ with secret \"database/creds/orders\" }}}}\nexport A={{{{ .Data.username }}}}\nexport B={{{{ .Data.password }}}}\n{line}\n{{{{ end }}}}"));

        Assert.Contains($"The template of secret 'orders' contains parts that are not converted: {part}.", Convert(pod).Left);
    }

    [Fact]
    public void Features_that_only_the_other_injector_has_are_kept()
    {
        var pod = ForAgent(Secret(), Secret("secret/data/mail", "mail"));
        var removed = Convert(pod).Changes.OfType<RemoveMetadata>().Select(change => change.Key);
        Assert.Equal([Agent + "agent-inject-secret-orders"], removed);
        Assert.Equal("mail", Convert(pod).Left.Single(sentence => sentence.Contains("'mail'", StringComparison.Ordinal)).Split('\'')[1]);
        Assert.Equal([InjectionDialect.VaultDbInjector, InjectionDialect.VaultAgent], ReadAll(Converted(pod)).Select(injection => injection.Dialect));
    }

    [Theory]
    [InlineData("database/static-creds/orders")]
    [InlineData("secret/data/orders")]
    [InlineData("database/roles/orders")]
    public void If_nothing_can_be_converted_nothing_is_changed(string path) => Assert.Empty(Convert(ForAgent(Secret(path))).Changes);

    [Fact]
    public void Databases_of_only_one_of_several_mounts_are_converted()
    {
        var pod = ForAgent(Secret("a/creds/x", "x"), Secret("b/creds/y", "y"), Secret("b/creds/z", "z"));
        Assert.Equal(["y", "z"], TestPods.Read(Converted(pod)).Databases.Select(database => database.Name));
        Assert.Contains(Convert(pod).Left, sentence => sentence.Contains("'x'", StringComparison.Ordinal) && sentence.Contains("'a'", StringComparison.Ordinal));
        Assert.Contains(Agent + "agent-inject-secret-x", Converted(pod).Annotations.Keys);
    }

    [Fact]
    public void A_variable_is_written_once()
    {
        const string Exports = "{{ with secret \"database/creds/orders\" }}\nexport A={{ .Data.username }}\nexport B={{ .Data.password }}\n{{ end }}";
        var pod = ForAgent(Template(Exports, "a"), Template(Exports, "b"));
        Assert.False(TestPods.Read(Converted(pod)).HasErrors);
    }

    [Fact]
    public void Databases_that_the_pod_already_requests_in_our_dialect_are_kept()
    {
        var pod = ForAgent(Secret("pg/creds/orders"), Secret("other/creds/x", "x"), (InjectionAnnotation.Cluster, "pg"), (InjectionAnnotation.ForDatabase("orders", "role"), "mine"));
        Assert.Equal(["orders", "orders-2"], TestPods.Read(Converted(pod)).Databases.Select(database => database.Name));
        Assert.Equal("mine", TestPods.Read(Converted(pod)).Databases[0].Role);
    }

    [Fact]
    public void An_injected_pod_is_not_converted()
    {
        Assert.Empty(Convert(ForAgent(Secret(), (Agent + "agent-inject-status", "injected"))).Changes);
        Assert.Empty(Convert(ForAgent(Secret(), (InjectionAnnotation.Uuid, TestPods.FirstUuid))).Changes);
        Assert.Empty(Convert(ForAgent(Secret(), (InjectionAnnotation.Prefix + "revoke-ttl", "1h"))).Changes);
    }

    [Fact]
    public void Variables_of_Bank_Vaults_keep_their_names()
    {
        var pod = ForBankWith(("PGUSER", "vault:database/creds/orders#username"), ("PGPASSWORD", "vault:database/creds/orders#password"));
        var database = Assert.Single(TestPods.Read(Converted(pod)).Databases);
        Assert.Equal(("orders", "PGUSER", "PGPASSWORD"), (database.Role, database.UsernameVariables[0], database.PasswordVariables[0]));
        Assert.DoesNotContain(Converted(pod).Annotations.Keys, key => key.StartsWith(Bank, StringComparison.Ordinal));
    }

    [Fact]
    public void Annotations_of_Bank_Vaults_are_kept_while_a_variable_needs_them()
    {
        var pod = ForBankWith(("PGUSER", "vault:database/creds/orders#username"), ("TOKEN", "vault:secret/data/x#y"));
        Assert.Empty(Convert(pod).Changes.OfType<RemoveMetadata>());
        Assert.NotEmpty(Convert(pod).Changes);
    }

    [Fact]
    public void Our_dialect_needs_no_conversion() =>
        Assert.Equal(([], []), (Convert(TestPods.With(("orders.role", "rw"))).Changes, Convert(TestPods.With(("orders.role", "rw"))).Left));

    [Theory]
    [InlineData("databases")]
    [InlineData("database")]
    public void The_default_mount_of_the_operator_is_not_written(string mount)
    {
        var options = new InjectionOptions { DefaultMount = mount, LabelKey = "inject" };
        var pod = ForAgent(Secret());
        var converted = Apply(pod, DialectConverter.Convert(ReadAll(pod)[^1], options));
        Assert.Equal("database", Assert.Single(PodInjectionReader.Read(converted, options).Databases).Mount);
        Assert.Equal("true", converted.Labels["inject"]);
    }

    internal static DialectConversion Convert(PodTemplate pod) => DialectConverter.Convert(ReadAll(pod)[^1], InjectionOptions.Default);

    internal static PodTemplate Converted(PodTemplate pod) => Apply(pod, Convert(pod));

    internal static PodTemplate Apply(PodTemplate pod, DialectConversion conversion)
    {
        var annotations = pod.Annotations.ToDictionary();
        var labels = pod.Labels.ToDictionary();
        foreach (var change in conversion.Changes)
        {
            var map = change.Field == MetadataField.Label ? labels : annotations;
            if (change is SetMetadata set)
                map[set.Key] = set.Value;
            else if (change is RemoveMetadata)
                map.Remove(change.Key);
            else
                Assert.Fail($"A conversion has no {change}.");
        }

        return pod with { Annotations = annotations, Labels = labels };
    }
}
