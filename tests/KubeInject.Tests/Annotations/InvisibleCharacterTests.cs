using KubeInject.Annotations;
using KubeInject.Injection;
using KubeInject.Tests.Injection;
using static KubeInject.Tests.Annotations.TestPods;

namespace KubeInject.Tests.Annotations;

/// <summary>A character that no user sees is named with its column, and no credentials are issued.</summary>
public sealed class InvisibleCharacterTests
{
    [Theory]
    [InlineData("orders.role", "orders-rw\u200B", "U+200B ZERO WIDTH SPACE", 10)]
    [InlineData("orders.role", "\u00A0orders-rw", "U+00A0 NO-BREAK SPACE", 1)]
    [InlineData("orders.role", "\u201Corders-rw\u201D", "U+201C LEFT DOUBLE QUOTATION MARK", 1)]
    [InlineData("orders.role", "orders\u2066-rw", "U+2066 (an invisible character)", 7)]
    [InlineData("orders.mode", "classic\u2060", "U+2060 WORD JOINER", 8)]
    [InlineData("orders.env-key-dbuser", "\u200BPGUSER", "U+200B ZERO WIDTH SPACE", 1)]
    public void The_character_in_a_value_is_an_error(string key, string value, string character, int column)
    {
        var finding = Read(With(key == "orders.role" ? [(key, value)] : [("orders.role", "rw"), (key, value)])).Only(FindingCode.InvisibleCharacter);

        Assert.Equal(FindingSeverity.Error, finding.Severity);
        Assert.Contains($" {character} in column {column}.", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_character_in_a_key_is_an_error()
    {
        Assert.Contains("U+200B ZERO WIDTH SPACE in column 31.", Read(With(("\u200Borders.role", "rw"))).Only(FindingCode.InvisibleCharacter).Message, StringComparison.Ordinal);
        var pod = With() with { Annotations = new Dictionary<string, string> { ["db-creds-injector\u00AD.numberly.io/orders.role"] = "rw" } };
        Assert.Contains("U+00AD SOFT HYPHEN in column 18.", Read(pod).Only(FindingCode.InvisibleCharacter).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_character_in_the_label_is_an_error()
    {
        var pod = With(("orders.role", "rw")) with { Labels = new Dictionary<string, string> { ["vault-db-injector"] = "\u201Ctrue\u201D" } };

        Assert.Equal("vault-db-injector", Read(pod).Only(FindingCode.InvisibleCharacter).Key);
    }

    [Fact]
    public void Other_annotations_can_contain_any_character()
    {
        var pod = With(("orders.role", "r\u00F4le")) with { Labels = new Dictionary<string, string> { ["note"] = "\u200B" } };

        Assert.DoesNotContain(Read(pod).Findings, finding => finding.Code == FindingCode.InvisibleCharacter);
    }

    [Theory]
    [InlineData("\u00A0 \u00A0 db-creds-injector.numberly.io/x.role: x-rw", "<input>:6:1: The indentation of the annotation contains the character U+00A0 NO-BREAK SPACE")]
    [InlineData("    db-creds-injector.numberly.io/x.role:\u00A0x-rw", "Line 6 contains the character U+00A0 NO-BREAK SPACE in column 42")]
    [InlineData("    db-creds-injector.numberly.io/x.role:\u00A0x-rw\n    a: b", "Line 6 contains the character U+00A0 NO-BREAK SPACE in column 42")]
    [InlineData("  \u3000db-creds-injector.numberly.io/x.role: x-rw", "<input>:6:3: The indentation of the annotation contains the character U+3000 IDEOGRAPHIC SPACE")]
    public async Task The_character_in_the_syntax_is_an_error(string line, string error)
    {
        var (_, result) = await new InjectionFixture().RunAsync($"apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\n  annotations:\n{line}\nspec:\n  containers:\n    - name: app\n");

        Assert.Contains(error, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_issued_for_a_role_with_an_invisible_character()
    {
        var fixture = new InjectionFixture();

        var (_, result) = await fixture.RunAsync("apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\n  annotations:\n    db-creds-injector.numberly.io/x.role: x-rw\u200B\nspec:\n  containers:\n    - name: app\n");

        Assert.Equal(InjectionStatus.Failed, Assert.Single(result.Pods).Status);
        Assert.Empty(fixture.Issuer.Issued);
    }
}
