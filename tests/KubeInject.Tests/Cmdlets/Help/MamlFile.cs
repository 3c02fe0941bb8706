using System.Xml.Linq;
using KubeInject.Testing;

namespace KubeInject.Tests.Cmdlets.Help;

/// <summary>The help file of Get-Help.</summary>
internal static class MamlFile
{
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    public static IReadOnlyDictionary<string, CmdletHelp> Read() => XDocument.Load(Repository.File("module", "en-US", "KubeInject.Cmdlets.dll-Help.xml"))
        .Root!.Elements(Command + "command").Select(Read).ToDictionary(help => help.Name);

    private static CmdletHelp Read(XElement command) => new((string)command.Element(Command + "details")!.Element(Command + "name")!)
    {
        Parameters = [.. command.Element(Command + "parameters")!.Elements(Command + "parameter").Select(Parameter)],
        Sets = [.. command.Element(Command + "syntax")!.Elements(Command + "syntaxItem").Select(set => CmdletHelp.Set(set.Elements(Command + "parameter").Select(InSet))).Order(StringComparer.Ordinal)],
        Synopsis = Text(command.Element(Command + "details")!.Element(Maml + "description")),
        Description = Text(command.Element(Maml + "description")),
        Examples = [.. command.Element(Command + "examples")!.Elements(Command + "example").Select(example => new ExampleHelp(
            ((string)example.Element(Maml + "title")!).Trim('-', ' '),
            (string)example.Element(Dev + "code")!,
            Text(example.Element(Maml + "introduction")) + "\n" + Text(example.Element(Dev + "remarks"))))],
        Inputs = Types(command.Element(Command + "inputTypes"), "inputType"),
        Outputs = Types(command.Element(Command + "returnValues"), "returnValue"),
        Notes = Text(command.Element(Maml + "alertSet")?.Element(Maml + "alert")),
        Links = [.. command.Descendants(Maml + "navigationLink").Select(link => ((string)link.Element(Maml + "linkText")!, (string)link.Element(Maml + "uri")!))],
    };

    private static ParameterHelp Parameter(XElement parameter) => new(
        (string)parameter.Element(Maml + "name")!,
        (string)parameter.Element(Dev + "type")!.Element(Maml + "name")!,
        (string)parameter.Attribute("aliases")! is var aliases && aliases == "none" ? "" : string.Join(", ", aliases.Split(", ").Order(StringComparer.Ordinal)),
        (string)parameter.Attribute("globbing")! == "true",
        (string?)parameter.Element(Dev + "defaultValue") ?? "",
        Text(parameter.Element(Maml + "description")));

    private static string InSet(XElement parameter)
    {
        var input = (string)parameter.Attribute("pipelineInput")!;
        return CmdletHelp.InSet(
            (string)parameter.Element(Maml + "name")!,
            int.TryParse((string)parameter.Attribute("position")!, out var position) ? position : null,
            (string)parameter.Attribute("required")! == "true",
            input.Contains("ByValue", StringComparison.Ordinal),
            input.Contains("ByPropertyName", StringComparison.Ordinal));
    }

    private static Dictionary<string, string> Types(XElement? list, string name) => list?.Elements(Command + name)
        .ToDictionary(type => (string)type.Element(Dev + "type")!.Element(Maml + "name")!, type => Text(type.Element(Maml + "description"))) ?? [];

    private static string Text(XElement? element) => string.Join("\n\n", element?.Elements(Maml + "para").Select(paragraph => paragraph.Value) ?? []);
}
