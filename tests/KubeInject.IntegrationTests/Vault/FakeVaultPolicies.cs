using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using KubeInject.Http;

namespace KubeInject.IntegrationTests.Vault;

/// <summary>The policies of the fake Vault: what each grants on which path or prefix.</summary>
internal sealed partial class FakeVaultPolicies
{
    private readonly ConcurrentDictionary<string, string> texts = new();

    private readonly ConcurrentDictionary<string, IReadOnlyList<(string Path, string[] Capabilities)>> policies = new()
    {
        ["default"] =
        [
            ("auth/token/lookup-self", ["read"]),
            ("auth/token/renew-self", ["update"]),
            ("auth/token/revoke-self", ["update"]),
            ("sys/leases/renew", ["update"]),
            ("sys/leases/lookup", ["update"]),
        ],
    };

    public void Set(string name, string hcl)
    {
        texts[name] = hcl;
        policies[name] = [.. PathRule().Matches(hcl).Select(rule => (rule.Groups["path"].Value, Word().Matches(rule.Groups["list"].Value).Select(word => word.Value).ToArray()))];
    }

    public void Remove(string name)
    {
        texts.TryRemove(name, out _);
        policies.TryRemove(name, out _);
    }

    /// <summary>The text of a policy; null if it does not exist.</summary>
    public string? Text(string name) => texts.GetValueOrDefault(name);

    /// <summary>Whether one of the policies grants anything below a mount.</summary>
    public bool ReachBelow(IEnumerable<string> names, string mount) => names.Any(name =>
        name == "root" || (policies.TryGetValue(name, out var rules) && rules.Any(rule => rule.Path.StartsWith($"{mount}/", StringComparison.Ordinal))));

    public bool Allow(IEnumerable<string> names, FakeVaultRequest call, bool exists)
    {
        var granted = new HashSet<string>();
        foreach (var name in names)
        {
            if (name == "root")
                return true;
            if (policies.TryGetValue(name, out var rules))
                granted.UnionWith(rules.Where(rule => rule.Path[^1] == '*' ? call.Path.StartsWith(rule.Path[..^1], StringComparison.Ordinal) : rule.Path == call.Path).SelectMany(rule => rule.Capabilities));
        }

        var isForSudo = call.Path == "auth/token/revoke-orphan" || (call.Path == "auth/token/create-orphan" && call.Body.Get("period").Exists());
        return granted.Contains(Needed(call, exists)) && (!isForSudo || granted.Contains("sudo"));
    }

    private static string Needed(FakeVaultRequest call, bool exists) => call.Method switch
    {
        "GET" => "read",
        "LIST" => "list",
        "DELETE" => "delete",
        _ => exists ? "update" : "create",
    };

    [GeneratedRegex("""path\s+"(?<path>[^"]+)"\s*\{\s*capabilities\s*=\s*\[(?<list>[^\]]*)\]""")]
    private static partial Regex PathRule();

    [GeneratedRegex("[a-z]+")]
    private static partial Regex Word();
}
