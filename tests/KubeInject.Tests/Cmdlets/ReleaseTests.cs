using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Injector.Settings;
using KubeInject.Testing;

namespace KubeInject.Tests.Cmdlets;

/// <summary>A release lists its content, and does not depend on where it was built.</summary>
public sealed partial class ReleaseTests
{
    private static readonly Dictionary<string, string> Packages = XDocument.Load(Repository.File("Directory.Packages.props"))
        .Descendants("PackageVersion").ToDictionary(package => package.Attribute("Include")!.Value, package => package.Attribute("Version")!.Value, StringComparer.Ordinal);

    [Fact]
    public void The_notices_name_the_versions_that_are_shipped()
    {
        var notices = File.ReadAllText(Repository.File("THIRD-PARTY-NOTICES.txt"));
        var named = Named().Matches(notices).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["version"].Value, StringComparer.Ordinal);

        Assert.All(["Npgsql", "YamlDotNet", "System.CommandLine"], name => Assert.Contains(name, named.Keys));
        Assert.Equal(named.Keys.ToDictionary(name => name, name => Packages[name], StringComparer.Ordinal), named);
    }

    [Theory]
    [InlineData(typeof(SensitiveString))]
    [InlineData(typeof(ModuleLoadContext))]
    [InlineData(typeof(AllSettings))]
    public void A_release_does_not_contain_the_path_of_the_build_folder(Type type)
    {
        var isRelease = type.Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration == "Release";

        var assembly = File.ReadAllBytes(type.Assembly.Location);

        Assert.Equal(!isRelease, assembly.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Repository.Root)) >= 0);
    }

    [GeneratedRegex(@"(^# |runtime and )(?<name>\S+) (?<version>[\d.]+)\r?$", RegexOptions.Multiline)]
    private static partial Regex Named();
}
