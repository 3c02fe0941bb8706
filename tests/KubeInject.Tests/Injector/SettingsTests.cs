using KubeInject.Injector.Settings;
using KubeInject.Tests.Kubernetes;

namespace KubeInject.Tests.Injector;

/// <summary>Every setting has one name as an option, a variable and an entry in the file; the first one that is set wins.</summary>
public sealed class SettingsTests
{
    [Fact]
    public void An_option_wins_over_our_variable_then_the_variable_of_another_tool_then_the_file()
    {
        var file = File("vault-address: https://file");
        var other = ("VAULT_ADDR", "https://vault-addr");
        var own = ("KUBEINJECT_VAULT_ADDRESS", "https://own");

        Assert.Null(Reader().Text(AllSettings.VaultAddress));
        Assert.Equal("https://file", Reader(file).Text(AllSettings.VaultAddress));
        Assert.Equal("https://vault-addr", Reader(file, [other]).Text(AllSettings.VaultAddress));
        Assert.Equal("https://own", Reader(file, [other, own]).Text(AllSettings.VaultAddress));
        Assert.Equal("https://option", Reader(file, [other, own], ("vault-address", ["https://option"])).Text(AllSettings.VaultAddress));
    }

    [Fact]
    public void The_order_applies_to_every_text_setting()
    {
        foreach (var setting in AllSettings.All.Where(setting => setting.Kind == SettingKind.Text))
        {
            var file = File($"{setting.Name}: file");

            Assert.Equal("file", Reader(file).Text(setting));
            Assert.Equal("variable", Reader(file, [(setting.Variable, "variable")]).Text(setting));
            Assert.Equal("option", Reader(file, [(setting.Variable, "variable")], (setting.Name, ["option"])).Text(setting));
        }
    }

    [Fact]
    public void An_empty_variable_is_treated_as_unset() =>
        Assert.Equal("file", Reader(File("source: file"), [("KUBEINJECT_SOURCE", "")]).Text(AllSettings.Source));

    [Fact]
    public void Names_are_the_same_everywhere()
    {
        Assert.All(AllSettings.All, setting => Assert.Matches("^[a-z]+(-[a-z]+)*$", setting.Name));
        Assert.Equal("KUBEINJECT_VAULT_CA_CERT", AllSettings.VaultCaCert.Variable);
        Assert.Equal(AllSettings.All.Count, AllSettings.All.DistinctBy(setting => setting.Name).Count());
        Assert.All(AllSettings.All, setting => Assert.NotEmpty(setting.Description));
    }

    [Fact]
    public void A_secret_is_not_an_option_but_its_file_is()
    {
        var secrets = AllSettings.All.Where(setting => setting.Kind == SettingKind.Secret).ToList();

        Assert.NotEmpty(secrets);
        Assert.All(secrets, setting => Assert.Equal($"--{setting.Name}-file", setting.Option));
    }

    [Fact]
    public void A_secret_comes_from_a_file_a_variable_or_the_settings_file_in_this_order()
    {
        using var folder = new TestFolder();
        var settings = folder.Write("settings.yaml", "vault-token: in-file");
        folder.Write("token", "of-the-file\n");
        var token = AllSettings.VaultToken;
        var path = Path.Combine(Path.GetDirectoryName(settings)!, "token");

        Assert.Null(Reader().Secret(token));
        Assert.Equal("in-file", Reader(SettingsFile.Read(settings)).Secret(token)!.Reveal());
        Assert.Equal("vault", Reader(SettingsFile.Read(settings), [("VAULT_TOKEN", "vault")]).Secret(token)!.Reveal());
        Assert.Equal("of-the-file", Reader(SettingsFile.Read(settings), [("VAULT_TOKEN", "vault"), ("KUBEINJECT_VAULT_TOKEN_FILE", path)]).Secret(token)!.Reveal());
        Assert.Equal("own", Reader(SettingsFile.Read(settings), [("VAULT_TOKEN", "vault"), ("KUBEINJECT_VAULT_TOKEN", "own")]).Secret(token)!.Reveal());
        Assert.Equal("of-the-file", Reader(SettingsFile.Read(settings), [("KUBEINJECT_VAULT_TOKEN", "own")], ("vault-token-file", [path])).Secret(token)!.Reveal());
    }

    [Fact]
    public void A_path_in_the_settings_file_is_relative_to_that_file()
    {
        using var folder = new TestFolder();
        var settings = folder.Write("settings.yaml", "lease-folder: leases\nvault-token-file: token");
        folder.Write("token", "secret");

        Assert.Equal(Path.Combine(Path.GetDirectoryName(settings)!, "leases"), Reader(SettingsFile.Read(settings)).Path(AllSettings.LeaseFolder));
        Assert.Equal("secret", Reader(SettingsFile.Read(settings)).Secret(AllSettings.VaultToken)!.Reveal());
        Assert.Equal(Path.Combine(Directory.GetCurrentDirectory(), "leases"), Reader(null, [("KUBEINJECT_LEASE_FOLDER", "leases")]).Path(AllSettings.LeaseFolder));
    }

    [Fact]
    public void A_missing_or_empty_secret_file_is_named()
    {
        using var folder = new TestFolder();
        var empty = folder.Write("empty", "\n");

        Assert.Contains("--vault-token-file: The file", Fails(() => Reader(null, [], ("vault-token-file", [empty])).Secret(AllSettings.VaultToken)), StringComparison.Ordinal);
        Assert.Contains("KUBEINJECT_VAULT_TOKEN_FILE: Could not find", Fails(() => Reader(null, [("KUBEINJECT_VAULT_TOKEN_FILE", empty + "x")]).Secret(AllSettings.VaultToken)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("15m", 900)]
    [InlineData("1h30m", 5400)]
    [InlineData("2d", 172_800)]
    [InlineData("0s", 0)]
    public void Durations_have_units(string text, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Reader(null, [("KUBEINJECT_GRACE_PERIOD", text)]).Duration(AllSettings.GracePeriod));

    [Theory]
    [InlineData("90")]
    [InlineData("")]
    [InlineData("1.5h")]
    [InlineData("-5m")]
    [InlineData("5 m")]
    [InlineData("m")]
    [InlineData("99999999999d")]
    public void Invalid_durations_are_rejected_with_their_location(string text) => Assert.Equal(
        "--grace-period must be a duration, such as 90s, 15m, 1h30m or 2d.",
        Fails(() => Reader(null, [], ("grace-period", [text])).Duration(AllSettings.GracePeriod)));

    [Theory]
    [InlineData("true", true)]
    [InlineData("1", true)]
    [InlineData("YES", true)]
    [InlineData("false", false)]
    [InlineData("0", false)]
    public void Flags_are_true_or_false(string text, bool value) =>
        Assert.Equal(value, Reader(File($"vault-skip-verify: {text}")).Flag(AllSettings.VaultSkipVerify));

    [Fact]
    public void An_invalid_flag_is_rejected_with_its_location() => Assert.Equal(
        "settings.yaml:2: 'vault-skip-verify' must be true or false.",
        Fails(() => Reader(File("source: vault\nvault-skip-verify: maybe")).Flag(AllSettings.VaultSkipVerify)));

    [Fact]
    public void A_missing_setting_is_an_error_that_lists_all_ways_to_set_it() => Assert.Equal(
        "The source 'vault' requires --vault-address, KUBEINJECT_VAULT_ADDRESS, or 'vault-address' in the settings file.",
        Fails(() => Reader().RequiredText(AllSettings.VaultAddress, "The source 'vault'")));

    [Theory]
    [InlineData("source: local\n\nvault-adress: x", "settings.yaml:3: The setting 'vault-adress' does not exist. Use one of: ")]
    [InlineData("Source: local", "settings.yaml:1: The setting 'Source' does not exist.")]
    [InlineData("KUBEINJECT_SOURCE: local", "settings.yaml:1: The setting 'KUBEINJECT_SOURCE' does not exist.")]
    [InlineData("? [a]\n: b", "settings.yaml:1: The setting '' does not exist.")]
    [InlineData("source: [local]", "settings.yaml:1: The setting 'source' requires a single value.")]
    [InlineData("source: {a: b}", "settings.yaml:1: The setting 'source' requires a single value.")]
    [InlineData("source: local\nsource: vault", "settings.yaml:2: This is not valid YAML, or a key is duplicated.")]
    [InlineData("source: \"local", "settings.yaml:1: This is not valid YAML, or a key is duplicated.")]
    [InlineData("- source", "settings.yaml:1: A settings file must contain a mapping of settings")]
    [InlineData("local", "settings.yaml:1: A settings file must contain a mapping of settings")]
    [InlineData("source: local\n---\nsource: vault", "settings.yaml:3: A settings file must contain only one document")]
    public void An_error_in_the_file_has_its_line(string text, string problem) =>
        Assert.StartsWith(problem, Fails(() => File(text)), StringComparison.Ordinal);

    [Theory]
    [InlineData("vault-token: canary\n  x: y")]
    [InlineData("vault-token: \"canary")]
    [InlineData("vault-token: [canary]")]
    [InlineData("vault-skip-verify: canary")]
    [InlineData("grace-period: canary")]
    [InlineData("concurrency: canary")]
    public void No_value_is_quoted(string text)
    {
        var problem = Fails(() =>
        {
            var reader = Reader(File(text));
            reader.Flag(AllSettings.VaultSkipVerify);
            reader.Duration(AllSettings.GracePeriod);
            reader.Number(AllSettings.Concurrency);
        });

        Assert.DoesNotContain("canary", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing yet\n")]
    [InlineData("---\n")]
    public void An_empty_file_sets_nothing(string text) => Assert.Null(Reader(File(text)).Text(AllSettings.Source));

    [Fact]
    public void A_file_that_cannot_be_read_is_named() =>
        Assert.StartsWith("The settings file /missing/settings.yaml cannot be read: ", Fails(() => SettingsFile.Read("/missing/settings.yaml")), StringComparison.Ordinal);

    [Fact]
    public void The_label_and_the_default_mount_are_settings()
    {
        var ofFile = Reader(File("injector-label: inject-a\ndefault-mount: /pg/")).Annotations();
        var ofOption = Reader(File("injector-label: inject-a"), [("KUBEINJECT_INJECTOR_LABEL", "inject-b")], ("injector-label", ["inject-c"])).Annotations();

        Assert.Equal(("inject-a", "pg"), (ofFile.LabelKey, ofFile.DefaultMount));
        Assert.Equal("inject-c", ofOption.LabelKey);
        Assert.False(Reader().Annotations().IsLabelSpecified);
        Assert.StartsWith("--injector-label: 'a b' is not a valid label key.", Fails(() => Reader(null, null, ("injector-label", ["a b"])).Annotations()), StringComparison.Ordinal);
        Assert.StartsWith("settings.yaml:1: 'default-mount': The mount path is empty.", Fails(() => Reader(File("default-mount: /")).Annotations()), StringComparison.Ordinal);
    }

    private static SettingsFile File(string text) => SettingsFile.Parse("settings.yaml", text);

    private static string Fails(Action action) => Assert.Throws<SettingException>(action).Message;

    private static SettingsReader Reader(SettingsFile? file = null, (string Name, string Value)[]? variables = null, params (string Name, string[] Values)[] options)
    {
        var environment = (variables ?? []).ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal);
        return new SettingsReader(
            options.ToDictionary(pair => pair.Name, pair => (IReadOnlyList<string>)pair.Values, StringComparer.Ordinal), environment.GetValueOrDefault, file);
    }
}
