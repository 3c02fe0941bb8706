using System.Management.Automation;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Kubernetes.Connection;
using KubeInject.Testing;

namespace KubeInject.Tests.Cmdlets;

/// <summary>Rules for the module that can be checked without PowerShell.</summary>
/// <remarks>
/// The assembly that cmdlets are compiled against has only declarations, so attributes are read and never created.
/// </remarks>
public sealed class ModuleTests
{
    private static readonly string Manifest = File.ReadAllText(Repository.File("KubeInject.psd1"));

    private static readonly (Type Type, string Verb, string Noun, CustomAttributeData Attribute)[] Cmdlets =
    [
        .. typeof(KubeCmdlet).Assembly.GetTypes()
            .Select(type => (Type: type, Attribute: type.CustomAttributes.FirstOrDefault(attribute => attribute.AttributeType == typeof(CmdletAttribute))))
            .Where(pair => pair.Attribute is not null)
            .Select(pair => (pair.Type, (string)pair.Attribute!.ConstructorArguments[0].Value!, (string)pair.Attribute.ConstructorArguments[1].Value!, pair.Attribute)),
    ];

    public static TheoryData<string> CmdletNames => [.. Cmdlets.Select(cmdlet => $"{cmdlet.Verb}-{cmdlet.Noun}")];

    [Fact]
    public void The_manifest_exports_exactly_the_cmdlets()
    {
        var exported = Regex.Matches(Regex.Match(Manifest, @"CmdletsToExport\s*=\s*@\(([^)]*)\)").Groups[1].Value, "'([^']+)'").Select(match => match.Groups[1].Value);

        Assert.Equal(Cmdlets.Select(cmdlet => $"{cmdlet.Verb}-{cmdlet.Noun}").Order(StringComparer.Ordinal), exported);
    }

    [Fact]
    public void The_manifest_has_the_version_of_the_assemblies() =>
        Assert.Contains($"ModuleVersion        = '{typeof(KubeConnection).Assembly.GetName().Version!.ToString(3)}'", Manifest, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(CmdletNames))]
    public void Verbs_are_approved(string name)
    {
        var approved = typeof(PSCmdlet).Assembly.GetTypes()
            .Where(type => type is { Namespace: "System.Management.Automation", IsAbstract: true, IsSealed: true } && type.Name.StartsWith("Verbs", StringComparison.Ordinal))
            .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral))
            .Select(field => (string)field.GetRawConstantValue()!)
            .ToList();

        Assert.True(approved.Count > 90, "The list of approved verbs was not found.");
        Assert.Contains(name.Split('-')[0], approved);
    }

    [Theory]
    [MemberData(nameof(CmdletNames))]
    public void Nouns_are_singular(string name) => Assert.False(name.EndsWith('s') && !name.EndsWith("Status", StringComparison.Ordinal), $"{name} names several.");

    [Theory]
    [MemberData(nameof(CmdletNames))]
    public void Cmdlets_that_change_something_support_ShouldProcess(string name)
    {
        // New- creates only an object in memory.
        string[] changeNothing = ["Get", "Test", "Watch", "Connect", "Disconnect", "New"];
        var (_, verb, _, attribute) = Cmdlets.Single(cmdlet => $"{cmdlet.Verb}-{cmdlet.Noun}" == name);
        var asks = attribute.NamedArguments.Any(argument => argument.MemberName == nameof(CmdletAttribute.SupportsShouldProcess) && argument.TypedValue.Value is true);

        Assert.Equal(!changeNothing.Contains(verb), asks);
    }

    [Theory]
    [MemberData(nameof(CmdletNames))]
    public void Every_parameter_has_help(string name)
    {
        var type = Cmdlets.Single(cmdlet => $"{cmdlet.Verb}-{cmdlet.Noun}" == name).Type;
        var parameters = type.GetProperties()
            .SelectMany(property => property.CustomAttributes.Where(attribute => attribute.AttributeType == typeof(ParameterAttribute)).Select(attribute => (property.Name, Attribute: attribute)))
            .ToList();

        Assert.All(parameters, parameter => Assert.Contains(
            parameter.Attribute.NamedArguments, argument => argument.MemberName == nameof(ParameterAttribute.HelpMessage) && argument.TypedValue.Value is string { Length: > 10 }));
    }

    [Theory]
    [MemberData(nameof(CmdletNames))]
    public void Every_cmdlet_declares_its_output_type_or_returns_nothing(string name)
    {
        var type = Cmdlets.Single(cmdlet => $"{cmdlet.Verb}-{cmdlet.Noun}" == name).Type;

        Assert.Equal(name != "Disconnect-KubeCluster", type.CustomAttributes.Any(attribute => attribute.AttributeType == typeof(OutputTypeAttribute)));
    }

    [Fact]
    public void Views_show_properties_that_exist()
    {
        var files = Directory.GetFiles(Repository.File("module"), "*.Format.ps1xml");
        var views = files.SelectMany(file => XDocument.Load(file).Descendants("View")).ToList();

        Assert.All(files, file => Assert.Contains($"'{Path.GetFileName(file)}'", Manifest, StringComparison.Ordinal));

        Assert.NotEmpty(views);
        Assert.All(views, view =>
        {
            var name = view.Descendants("TypeName").Single().Value;
            var type = typeof(KubeConnection).Assembly.GetType(name) ?? typeof(KubeCmdlet).Assembly.GetType(name, throwOnError: true)!;
            Assert.All(view.Descendants("PropertyName"), property => Assert.NotNull(type.GetProperty(property.Value)));
            Assert.All(
                view.Descendants("ScriptBlock").SelectMany(block => Regex.Matches(block.Value, @"\$_\.(\w+)")),
                property => Assert.NotNull(type.GetProperty(property.Groups[1].Value)));
        });
    }

    // PowerShell loads every type, and determines the layout of its fields, before the module can resolve the engine.
    [Fact]
    public void No_type_of_the_module_has_a_field_of_a_value_type_of_the_engine()
    {
        var engine = typeof(KubeConnection).Assembly;
        var fields = typeof(KubeCmdlet).Assembly.GetTypes().SelectMany(type => type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly));

        Assert.DoesNotContain(fields, field => field.FieldType.IsValueType && (field.FieldType.Assembly == engine || field.FieldType.GenericTypeArguments.Any(argument => argument.IsValueType && argument.Assembly == engine)));
    }

    [Fact]
    public void The_engine_references_neither_PowerShell_nor_the_console() =>
        Assert.DoesNotContain(
            typeof(KubeConnection).Assembly.GetReferencedAssemblies(),
            reference => reference.Name is "System.Management.Automation" or "System.Console");
}
