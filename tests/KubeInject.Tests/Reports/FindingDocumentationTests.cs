using System.Reflection;
using KubeInject.Annotations;
using KubeInject.Reports;

namespace KubeInject.Tests.Reports;

/// <summary>The engine contains the page of findings, and finds the section of each code.</summary>
public sealed class FindingDocumentationTests
{
    public static TheoryData<string> Codes =>
        [.. typeof(FindingCode).GetFields(BindingFlags.Public | BindingFlags.Static).Select(constant => (string)constant.GetRawConstantValue()!).Where(code => code == FindingCode.UnreadableManifest || code.StartsWith("KI2", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Codes))]
    public void Every_code_has_a_section_with_meaning_cause_example_and_remedy(string code)
    {
        var manual = FindingDocumentation.Load();

        Assert.Matches(@"\A\*\*(Error|Warning|Information)(, (Error|Warning|Information))*\.\*\* ", manual.Text(code));
        Assert.All(["Cause: ", "Example:", "Remedy: "], part => Assert.Contains($"\n{part}", manual.Text(code), StringComparison.Ordinal));
        Assert.EndsWith(".", manual.Meaning(code), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_code_has_no_documentation()
    {
        Assert.Null(FindingDocumentation.Load().Text("KI999"));
        Assert.Null(FindingDocumentation.Load().Meaning("KI999"));
    }
}
