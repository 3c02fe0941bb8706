using System.Reflection;
using System.Text.RegularExpressions;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Credentials;
using KubeInject.Injection.Workloads;
using KubeInject.Kubernetes.Errors;
using KubeInject.Leases;
using KubeInject.Secrets;
using KubeInject.Testing;

namespace KubeInject.Tests.Cmdlets;

public sealed partial class ErrorKindTests
{
    private static readonly (string Name, ErrorKind Kind)[] Kinds =
    [
        .. typeof(ErrorKinds).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (field.Name, (ErrorKind)field.GetValue(null)!)),
    ];

    [Fact]
    public void The_error_page_has_exactly_the_ids_of_the_code_with_their_remedies()
    {
        var page = Row().Matches(File.ReadAllText(Repository.File("docs", "errors.md"))).Select(row => (row.Groups["id"].Value, row.Groups["do"].Value));

        Assert.Equal(Kinds.Select(kind => (kind.Kind.Id, kind.Kind.Action)).Order(), page.Order());
    }

    [Fact]
    public void The_error_page_names_public_exceptions()
    {
        var page = File.ReadAllText(Repository.File("docs", "errors.md"));

        Assert.All(TypeName().Matches(page), name => Assert.Contains(name.Value, Exceptions));
        Assert.All(Exceptions, name => Assert.Contains(name, page, StringComparison.Ordinal));
    }

    [Fact]
    public void Each_id_is_declared_once() => Assert.All(Kinds, kind => Assert.Equal(kind.Name, kind.Kind.Id));

    [Fact]
    public void A_remedy_is_one_line() => Assert.All(Kinds, kind => Assert.Matches(@"\A[A-Z][^\r\n|]{20,150}\.\z", kind.Kind.Action));

    [Fact]
    public void Error_records_are_created_in_one_place()
    {
        var files = Directory.GetFiles(Repository.File("src", "KubeInject.Cmdlets"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

        Assert.Equal("ErrorKinds.cs", Path.GetFileName(Assert.Single(files, file => MakesRecord().IsMatch(File.ReadAllText(file)))));
    }

    [Fact]
    public void Every_reason_has_a_separate_kind()
    {
        string[] words = [.. typeof(KubeApiReason).GetFields().Select(field => (string)field.GetRawConstantValue()!)];

        Assert.Equal(words.Select(word => $"KubeApi{word}"), words.Select(word => ErrorKinds.OfApi(word).Id));
        Assert.Equal(Ids<KubeConnectionFailure>("KubeConnection"), Enum.GetValues<KubeConnectionFailure>().Select(reason => ErrorKinds.Of(reason).Id));
        Assert.Equal(Ids<CredentialFailure>("Credential"), Enum.GetValues<CredentialFailure>().Select(reason => ErrorKinds.Of(reason).Id));
        Assert.Equal(Ids<RolloutFailure>("Rollout"), Enum.GetValues<RolloutFailure>().Select(reason => ErrorKinds.Of(reason).Id));
        Assert.Equal(Ids<SecretRefusal>("Secret"), Enum.GetValues<SecretRefusal>().Select(reason => ErrorKinds.Of(reason).Id));
        Assert.Equal(
            ["LeaseRenewFailed", "LeaseRevokeFailed", "LeaseCleanUpFailed"],
            new[] { LeaseAction.Renew, LeaseAction.Revoke, LeaseAction.CleanUp }.Select(action => ErrorKinds.OfSweep(action).Id));
    }

    [Fact]
    public void An_unknown_reason_of_a_server_gets_no_separate_id() => Assert.Same(ErrorKinds.KubeApiUnknown, ErrorKinds.OfApi("TeapotBusy"));

    private static IEnumerable<string> Exceptions =>
        typeof(KubeApiException).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(Exception))).Select(type => type.FullName!);

    private static IEnumerable<string> Ids<T>(string prefix)
        where T : struct, Enum =>
        Enum.GetNames<T>().Select(name => prefix + name);

    [GeneratedRegex(@"^\| `(?<id>\w+)` \|[^|]*\|[^|]*\| (?<do>[^|]*) \|\r?$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"KubeInject\.(?!Cmdlets)(?:\w+\.)*\w+Exception")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"new ErrorRecord\b|ErrorRecord Record\(Exception exception, object\? target\) => new\(")]
    private static partial Regex MakesRecord();
}
