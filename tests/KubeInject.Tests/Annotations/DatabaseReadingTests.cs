using KubeInject.Annotations;
using static KubeInject.Tests.Annotations.TestPods;

namespace KubeInject.Tests.Annotations;

public sealed class DatabaseReadingTests
{
    [Fact]
    public void A_pod_without_injection_keys_requests_nothing()
    {
        var injection = Read(With() with { Labels = new Dictionary<string, string>(), Annotations = new Dictionary<string, string> { ["app/role"] = "x" } });
        Assert.Equal(InjectionState.None, injection.State);
        Assert.Empty(injection.Databases);
        Assert.Empty(injection.Findings);
    }

    [Fact]
    public void A_pod_without_injection_keys_allocates_almost_nothing()
    {
        var pod = With() with
        {
            Labels = new Dictionary<string, string>(),
            Annotations = Enumerable.Range(0, 200).ToDictionary(i => $"example.com/key-{i}", i => "x"),
        };
        Read(pod);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Read(pod);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 512);
    }

    [Fact]
    public void Without_settings_a_database_has_classic_mode_the_default_mount_and_the_default_variables()
    {
        var injection = Read(("orders.role", "rw"));
        var database = Assert.Single(injection.Databases);
        Assert.Equal(InjectionState.Pending, injection.State);
        Assert.Equal("orders", database.Name);
        Assert.Equal("rw", database.Role);
        Assert.Equal("databases", database.Mount);
        Assert.Equal(InjectionMode.Classic, database.Mode);
        Assert.Equal(["DBUSER"], database.UsernameVariables);
        Assert.Equal(["DBPASSWORD"], database.PasswordVariables);
        Assert.Empty(database.UriVariables);
        Assert.Null(database.Template);
        Assert.False(injection.HasErrors);
    }

    [Fact]
    public void The_cluster_annotation_is_the_mount_of_every_database() =>
        Assert.All(Read(("cluster", "pg"), ("a.role", "r"), ("b.role", "r")).Databases, database => Assert.Equal("pg", database.Mount));

    [Theory]
    [InlineData(null)]
    [InlineData(" ")]
    public void Without_a_cluster_annotation_the_default_mount_of_the_operator_applies(string? cluster)
    {
        var pod = cluster is null ? With(("a.role", "r")) : With(("a.role", "r"), ("cluster", cluster));
        var injection = PodInjectionReader.Read(pod, new InjectionOptions { DefaultMount = "engines" });
        Assert.Equal("engines", injection.Databases[0].Mount);
    }

    [Fact]
    public void The_role_of_the_pod_applies_to_databases_without_a_role()
    {
        var injection = Read(("role", "ro"), ("a.role", "rw"), ("b.mode", "classic"), ("c.role", " "));
        Assert.Equal(["rw", "ro", "ro"], injection.Databases.Select(database => database.Role));
        injection.HasNo(FindingCode.MissingRole);
    }

    [Fact]
    public void A_blank_role_is_a_missing_role()
    {
        var injection = Read(("orders.role", "  "), ("role", ""));
        Assert.Null(injection.Databases[0].Role);
        Assert.Equal(InjectionAnnotation.Prefix + "orders.role", injection.Only(FindingCode.MissingRole).Key);
        Assert.True(injection.HasErrors);
    }

    [Theory]
    [InlineData("uri", InjectionMode.Uri)]
    [InlineData("URI", InjectionMode.Uri)]
    [InlineData(" Uri ", InjectionMode.Uri)]
    [InlineData("CLASSIC", InjectionMode.Classic)]
    [InlineData("", InjectionMode.Classic)]
    public void The_mode_is_case_insensitive(string text, InjectionMode mode) =>
        Assert.Equal(mode, Read(("orders.role", "rw"), ("orders.mode", text)).Databases[0].Mode);

    [Fact]
    public void A_dotless_i_of_another_culture_is_not_a_mode() =>
        Read(("orders.role", "rw"), ("orders.mode", "URİ")).Only(FindingCode.UnknownMode);

    [Fact]
    public void An_unknown_mode_is_an_error_and_the_variables_are_unknown()
    {
        var injection = Read(("a.role", "r"), ("a.mode", "url"), ("a.template", "x"), ("b.role", "r"));
        Assert.Contains("'url'", injection.Only(FindingCode.UnknownMode).Message, StringComparison.Ordinal);
        Assert.Empty(injection.Databases[0].UsernameVariables);
        injection.HasNo(FindingCode.SettingOfOtherMode);
        injection.HasNo(FindingCode.DuplicateVariable);
    }

    [Fact]
    public void Variables_are_separated_by_commas_and_trimmed()
    {
        var database = Read(("o.role", "r"), ("o.env-key-dbuser", " A , B"), ("o.env-key-dbpassword", "C")).Databases[0];
        Assert.Equal(["A", "B"], database.UsernameVariables);
        Assert.Equal(["C"], database.PasswordVariables);
    }

    [Fact]
    public void Empty_items_are_skipped_and_reported()
    {
        var injection = Read(("o.role", "r"), ("o.env-key-dbuser", "A,, B,"));
        Assert.Equal(["A", "B"], injection.Databases[0].UsernameVariables);
        injection.Only(FindingCode.EmptyListItem);
        Assert.False(injection.HasErrors);
    }

    [Fact]
    public void An_empty_list_is_the_default() =>
        Assert.Equal(["DBUSER"], Read(("o.role", "r"), ("o.env-key-dbuser", " , ")).Databases[0].UsernameVariables);

    [Fact]
    public void A_database_in_uri_mode_has_only_a_template_and_uri_variables()
    {
        var injection = Read(WithTemplate(" postgres://db:5432/orders\n"));
        var database = injection.Databases[0];
        Assert.Equal("postgres://db:5432/orders", database.Template);
        Assert.Equal(["URL"], database.UriVariables);
        Assert.Empty(database.UsernameVariables);
        Assert.Empty(database.PasswordVariables);
        Assert.Equal(FindingCode.SurroundingWhitespace, Assert.Single(injection.Findings).Code);
    }

    [Fact]
    public void Databases_are_in_ordinal_order_of_names_not_of_keys() =>
        Assert.Equal(["B", "a", "a-b", "b"], Read(("b.role", "r"), ("a-b.role", "r"), ("a.role", "r"), ("B.role", "r")).Databases.Select(database => database.Name));

    [Fact]
    public void The_first_dot_ends_the_name_of_the_database()
    {
        var injection = Read(("orders.eu.role", "rw"), ("role", "r"));
        Assert.Equal("orders", Assert.Single(injection.Databases).Name);
        Assert.Equal(InjectionAnnotation.Prefix + "orders.eu.role", injection.Only(FindingCode.UnknownSetting).Key);
    }

    [Fact]
    public void A_database_with_an_unknown_setting_is_still_requested()
    {
        var injection = Read(("orders.rol", "rw"));
        Assert.Equal("orders", Assert.Single(injection.Databases).Name);
        Assert.Contains("orders.role'", injection.Only(FindingCode.UnknownSetting).Suggestion, StringComparison.Ordinal);
        injection.Only(FindingCode.MissingRole);
        Read(("orders.rol", "rw"), ("role", "r")).HasNo(FindingCode.MissingRole);
    }

    [Fact]
    public void Keys_are_case_sensitive()
    {
        var injection = Read(("orders.Role", "rw"), ("Role", "r"));
        Assert.Null(injection.Databases[0].Role);
        Assert.Contains("orders.role'", injection.Only(FindingCode.UnknownSetting).Suggestion, StringComparison.Ordinal);
        Assert.Contains("/role'", injection.Only(FindingCode.UnknownKey).Suggestion, StringComparison.Ordinal);
    }

    [Fact]
    public void A_null_value_is_a_blank_value() => Read(("orders.role", null!), ("uuid", null!)).Only(FindingCode.MissingRole);

    [Fact]
    public void An_injection_prints_one_line_without_the_template()
    {
        var injection = Read(WithTemplate("pg://me:mine@d b"));
        Assert.Equal("shop/deployment/orders: Pending, orders; 1 error", injection.ToString());
        Assert.Equal("orders: role rw of databases, uri", injection.Databases[0].ToString());
        Assert.Equal("shop/deployment/orders: None, no database; 1 warning", Read().ToString());
    }
}
