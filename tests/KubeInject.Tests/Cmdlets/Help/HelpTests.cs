using System.Text.RegularExpressions;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Kubernetes.Connection;
using KubeInject.Testing;

namespace KubeInject.Tests.Cmdlets.Help;

/// <summary>
/// The help of each cmdlet matches the cmdlet, in its page and in Get-Help: build/Update-Help.ps1 updates both.
/// </summary>
public sealed partial class HelpTests
{
    private static readonly IReadOnlyDictionary<string, CmdletHelp> Cmdlets = DeclaredCmdlets.Read();
    private static readonly IReadOnlyDictionary<string, CmdletHelp> Pages = MarkdownPages.Read();
    private static readonly IReadOnlyDictionary<string, CmdletHelp> Maml = MamlFile.Read();
    private static readonly string Topics = Repository.File("docs", "about");
    private static readonly string[] Named = Directory.Exists(Topics) ? [.. Directory.EnumerateFiles(Topics, "about_*.md").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)] : [];

    public static TheoryData<string> CmdletNames => [.. Cmdlets.Keys.Order(StringComparer.Ordinal)];

    public static TheoryData<string> TopicNames => [.. Named];

    [Fact]
    public void Every_help_page_belongs_to_a_cmdlet_and_every_cmdlet_has_one()
    {
        Assert.Equal(Cmdlets.Keys.Order(StringComparer.Ordinal), Pages.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(Cmdlets.Keys.Order(StringComparer.Ordinal), Maml.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(CmdletNames))]
    public void Parameters_match_the_cmdlet(string name)
    {
        static IEnumerable<ParameterHelp> Bare(CmdletHelp help) => help.Parameters.Select(parameter => parameter with { Default = "", Text = "" }).OrderBy(parameter => parameter.Name, StringComparer.Ordinal);

        Assert.Equal(Bare(Cmdlets[name]), Bare(Pages[name]));
        Assert.Equal(Bare(Cmdlets[name]), Bare(Maml[name]));
    }

    [Theory]
    [MemberData(nameof(CmdletNames))]
    public void Defaults_match_the_cmdlet(string name)
    {
        var declared = Cmdlets[name].Parameters.Where(parameter => parameter.Default.Length > 0).Select(parameter => (parameter.Name, parameter.Default)).ToList();

        Assert.All(new[] { Pages[name], Maml[name] }, help => Assert.Equal(
            declared, help.Parameters.Where(parameter => declared.Exists(one => one.Name == parameter.Name)).Select(parameter => (parameter.Name, parameter.Default))));
    }

    // PowerShell shows the HelpMessage in the prompt for a missing parameter. It is the same in all parameter sets.
    [Theory]
    [MemberData(nameof(CmdletNames))]
    public void The_description_of_a_parameter_is_its_HelpMessage(string name)
    {
        var page = Pages[name].Parameters.ToDictionary(parameter => parameter.Name);

        Assert.All(Cmdlets[name].Parameters.Where(parameter => parameter.Text.Length > 0), parameter => Assert.Equal(parameter.Text, page[parameter.Name].Text));
    }

    [Theory]
    [MemberData(nameof(CmdletNames))]
    public void Parameter_sets_match_the_cmdlet(string name)
    {
        Assert.Equal(Cmdlets[name].Sets, Pages[name].Sets);
        Assert.Equal(Cmdlets[name].Sets, Maml[name].Sets);
    }

    [Theory]
    [MemberData(nameof(CmdletNames))]
    public void Inputs_and_outputs_match_the_cmdlet(string name)
    {
        foreach (var help in new[] { Pages[name], Maml[name] })
        {
            Assert.Superset(Cmdlets[name].Inputs.Keys.ToHashSet(), help.Inputs.Keys.ToHashSet());
            Assert.Equal(Cmdlets[name].Outputs.Keys.Where(type => type != typeof(void).FullName).Order(StringComparer.Ordinal), help.Outputs.Keys.Where(type => type != typeof(void).FullName).Order(StringComparer.Ordinal));
            Assert.All(help.Inputs.Keys, type => Assert.NotNull(
                typeof(KubeConnection).Assembly.GetType(type) ?? typeof(KubeCmdlet).Assembly.GetType(type) ?? Type.GetType(type) ?? typeof(System.Management.Automation.PSObject).Assembly.GetType(type) ?? typeof(Uri).Assembly.GetType(type)));
        }
    }

    [Theory]
    [MemberData(nameof(CmdletNames))]
    public void Every_section_has_text(string name)
    {
        var page = Pages[name];

        AssertHasText(page.Synopsis);
        Assert.DoesNotContain('\n', page.Synopsis);
        AssertHasText(page.Description);
        Assert.All(page.Parameters, parameter => AssertHasText(parameter.Text));
        Assert.All(page.Inputs.Concat(page.Outputs), type => AssertHasText(type.Value));
    }

    [Theory]
    [MemberData(nameof(CmdletNames))]
    public void Each_page_has_at_least_three_examples_of_its_cmdlet(string name)
    {
        var page = Pages[name];

        Assert.InRange(page.Examples.Count, 3, 20);
        Assert.Equal(Enumerable.Range(1, page.Examples.Count), page.Examples.Select(example => int.Parse(ExampleTitle().Match(example.Title).Groups["number"].Value, System.Globalization.CultureInfo.InvariantCulture)));
        Assert.All(page.Examples, example =>
        {
            Assert.Contains(name, example.Code, StringComparison.Ordinal);
            AssertHasText(example.Text);
        });
    }

    [Theory]
    [MemberData(nameof(CmdletNames))]
    public void Get_Help_shows_the_text_of_the_page(string name)
    {
        var (page, maml) = (Pages[name], Maml[name]);

        Assert.Equal(Words(page.Synopsis), Words(maml.Synopsis));
        Assert.Equal(Words(page.Description), Words(maml.Description));
        Assert.Equal(Words(page.Notes), Words(maml.Notes));
        Assert.Equal(page.Parameters.Select(parameter => (parameter.Name, parameter.Default, Words(parameter.Text))), maml.Parameters.Select(parameter => (parameter.Name, parameter.Default, Words(parameter.Text))));
        Assert.Equal(page.Examples.Select(example => (example.Title, example.Code, Words(example.Text))), maml.Examples.Select(example => (example.Title, example.Code, Words(example.Text))));
        Assert.Equal(page.Inputs.Select(type => (type.Key, Words(type.Value))), maml.Inputs.Select(type => (type.Key, Words(type.Value))));
        Assert.Equal(page.Outputs.Select(type => (type.Key, Words(type.Value))), maml.Outputs.Select(type => (type.Key, Words(type.Value))));
        Assert.Equal(page.Links.Select(link => link.Text).Prepend("Online Version"), maml.Links.Select(link => link.Text));
    }

    // Get-Help shows plain text.
    [Theory]
    [MemberData(nameof(CmdletNames))]
    public void Get_Help_shows_no_Markdown(string name)
    {
        var maml = Maml[name];
        var texts = maml.Parameters.Select(parameter => parameter.Text).Concat(maml.Examples.Select(example => example.Text)).Concat([maml.Synopsis, maml.Description, maml.Notes]);

        Assert.All(texts, text => Assert.DoesNotMatch(@"`|\]\(|\u0080", text));
    }

    [Theory]
    [MemberData(nameof(CmdletNames))]
    public void Links_refer_to_existing_targets(string name)
    {
        Assert.NotEmpty(Pages[name].Links);
        Assert.All(Pages[name].Links, link =>
        {
            if (Path.GetDirectoryName(link.Target) is "" or "../about")
                Assert.Equal(Path.GetFileNameWithoutExtension(link.Target), link.Text);
            Assert.True(File.Exists(Repository.File("docs", "cmdlets", link.Target)), $"There is no {link.Target}.");
        });
    }

    [Fact]
    public void The_expected_topics_exist() =>
        Assert.Superset(
            new HashSet<string> { "about_KubeInject", "about_KubeInject_Client", "about_KubeInject_Connections", "about_KubeInject_Annotations", "about_KubeInject_CredentialSources", "about_KubeInject_Leases" },
            Named.ToHashSet());

    [Theory]
    [MemberData(nameof(TopicNames))]
    public void Get_Help_shows_topics_as_they_are_written(string name)
    {
        var text = File.ReadAllText(Path.Combine(Topics, $"{name}.md"));
        var shown = File.ReadAllText(Repository.File("module", "en-US", $"{name}.help.txt"));

        AssertHasText(text);
        Assert.Equal("topic " + Words(text), Words(shown));
        Assert.StartsWith($"TOPIC\n    {name}\n\nSHORT DESCRIPTION\n", shown, StringComparison.Ordinal);
        Assert.All(shown.Split('\n'), line => Assert.InRange(line.Length, 0, 100));
    }

    [Theory]
    [MemberData(nameof(TopicNames))]
    public void Topics_name_cmdlets_and_parameters_that_exist(string name)
    {
        var text = File.ReadAllText(Path.Combine(Topics, $"{name}.md"));

        Assert.All(CmdletName().Matches(text), found => Assert.Contains(found.Value, Cmdlets.Keys));
        Assert.All(TopicName().Matches(text), found => Assert.Contains(found.Value, Named));
    }

    private static void AssertHasText(string text)
    {
        Assert.True(text.Length > 10, $"'{text}' is too short.");
        Assert.DoesNotContain("{{ ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Fill in", text, StringComparison.OrdinalIgnoreCase);
    }

    // The text without Markdown and line breaks.
    private static string Words(string text) => string.Join(' ', Word().Matches(Fence().Replace(LinkTarget().Replace(text, "]"), "")).Select(word => word.Value)).ToLowerInvariant();

    [GeneratedRegex(@"[\p{L}\p{N}]+")]
    private static partial Regex Word();

    [GeneratedRegex(@"\]\([^)]*\)")]
    private static partial Regex LinkTarget();

    [GeneratedRegex(@"^```\w*$", RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^Example (?<number>\d+): \S.*$")]
    private static partial Regex ExampleTitle();

    [GeneratedRegex(@"\b[A-Z][a-z]+-(?:Kube|PodInjection|Credential(?!\b))\w+\b")]
    private static partial Regex CmdletName();

    [GeneratedRegex(@"\babout_KubeInject\w*")]
    private static partial Regex TopicName();
}
