using KubeInject.Annotations;
using KubeInject.Kubernetes.Objects;
using static KubeInject.Tests.Annotations.Dialects.DialectPods;

namespace KubeInject.Tests.Annotations.Dialects;

public sealed class BankVaultsTests
{
    [Fact]
    public void A_role_in_variables_is_a_database_with_its_name()
    {
        var injection = Only(ForBankWith(
            ("PGUSER", "vault:team/pg/creds/orders-rw#username"), ("DB_USER", "vault:team/pg/creds/orders-rw#${.username}"), ("PGPASSWORD", "vault:team/pg/creds/orders-rw#password")));
        Assert.Equal((InjectionDialect.BankVaults, InjectionState.Pending), (injection.Dialect, injection.State));
        var database = Assert.Single(injection.Databases);
        Assert.Equal("orders-rw: role orders-rw of team/pg, classic", database.ToString());
        Assert.Equal(["PGUSER", "DB_USER"], database.UsernameVariables);
        Assert.Equal(["PGPASSWORD"], database.PasswordVariables);
        Assert.Empty(injection.Findings);
    }

    [Theory]
    [InlineData("postgres://${vault:database/creds/orders#username}:${vault:database/creds/orders#password}@db:5432/orders")]
    [InlineData("vault:database/creds/orders#postgres://${.username}:${ .password | urlquery }@db:5432/orders")]
    public void A_value_that_is_a_URI_becomes_a_template(string value)
    {
        var database = Assert.Single(Only(ForBankWith(("URL", value))).Databases);
        Assert.Equal((InjectionMode.Uri, "postgres://db:5432/orders"), (database.Mode, database.Template));
        Assert.Equal(["URL"], database.UriVariables);
    }

    [Fact]
    public void Roles_with_the_same_name_in_two_mounts_are_two_databases() => Assert.Equal(
        ["orders", "orders-pg"],
        Only(ForBankWith(("A", "vault:database/creds/orders#username"), ("B", "vault:pg/creds/orders#username"))).Databases.Select(database => database.Name));

    [Fact]
    public void A_full_path_gives_variables_named_after_its_fields()
    {
        var database = Assert.Single(Only(Pod((Bank + "vault-env-from-path", "secret/data/x,database/creds/orders#1"))).Databases);
        Assert.Equal(["username"], database.UsernameVariables);
        Assert.Equal(["password"], database.PasswordVariables);
    }

    [Theory]
    [InlineData("vault:login", "VAULT_TOKEN", true)]
    [InlineData("vault:v1:/DupSiSbX", "TOKEN", true)]
    [InlineData("vault:secret/data/x#y", "TOKEN", true)]
    [InlineData("vault:login", "TOKEN", false)]
    public void A_secret_that_is_not_a_database_credential_is_reported(string value, string variable, bool isSound)
    {
        var finding = Assert.Single(Only(ForBankWith((variable, value))).Findings);
        Assert.Equal(isSound ? FindingCode.UnsupportedSetting : FindingCode.ReferenceWithoutKey, finding.Code);
    }

    [Fact]
    public void The_init_container_of_the_webhook_shows_that_the_pod_is_injected() => Assert.All(
        (string[])["copy-vault-env", "copy-secret-init"],
        name =>
        {
            var pod = ForBank("vault:database/creds/orders#password");
            Assert.Equal(InjectionState.Injected, Only(pod with { Containers = [new PodContainer(name, true, []), .. pod.Containers] }).State);
        });

    [Fact]
    public void A_skipped_pod_requests_nothing()
    {
        var injection = Only(ForBank((Bank + "mutate", "skip")));
        Assert.Equal(InjectionState.None, injection.State);
        Assert.Empty(injection.Databases);
        Assert.Equal(FindingSeverity.Warning, injection.Only(FindingCode.InjectorNotActivated).Severity);
    }

    [Fact]
    public void Username_and_password_in_every_container_are_valid()
    {
        var pod = ForBank("vault:database/creds/orders#password");
        var both = WithVariables("app", ("A", "vault:database/creds/orders#username"), ("B", "vault:database/creds/orders#password"));
        Assert.Empty(Only(pod with { Containers = [both, both with { Name = "worker" }] }).Findings);
    }

    [Fact]
    public void Variables_from_elsewhere_can_contain_references() =>
        Only(Pod((Bank + "vault-addr", "https://vault")) with
        {
            Containers = [new PodContainer("app", false, []) { VariableSources = [new VariableSource("Secret", "orders", "", false)] }],
        }).HasNo(FindingCode.NothingToInject);

    [Theory]
    [InlineData("secrets-webhook.security.bank-vaults.io/vault-adr", "secrets-webhook.security.bank-vaults.io/vault-addr")]
    [InlineData("vault.security.banzaicloud.io/vault-rol", "vault.security.banzaicloud.io/vault-role")]
    public void A_misspelled_name_is_renamed_to_the_nearest_known_name(string typed, string meant) => Assert.Equal(
        [new RenameMetadata(MetadataField.Annotation, typed, meant)], Only(ForBank((typed, "x"))).Only(FindingCode.UnknownDialectKey).Fix!.Changes);

    [Fact]
    public void No_value_of_a_variable_is_shown()
    {
        var pod = ForBankWith(("URL", "postgres://me:hunter2@${vault:secret/data/x#host}/db"), ("X", "vault:database/creds/orders#hunter2"), ("Y", "${vault:hunter2"));
        Assert.All(Only(pod).Findings, finding => Assert.DoesNotContain("hunter2", finding.ToString(), StringComparison.Ordinal));
        Assert.All(pod.Containers[0].VaultVariables, variable => Assert.DoesNotContain("hunter2", variable.ToString(), StringComparison.Ordinal));
    }
}
