using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Transport;
using KubeInject.Testing;

namespace KubeInject.Tests.Kubernetes;

/// <summary>
/// A damaged kubeconfig is read or rejected, and never causes a crash, a hang or a secret in a message. KUBEINJECT_FUZZ_RUNS
/// specifies the number of cases of each kind.
/// </summary>
public class KubeconfigFuzzTests
{
    private const string Canary = "canary4711";
    private static readonly string Base64Canary = Convert.ToBase64String(Encoding.UTF8.GetBytes($"-----BEGIN EC PRIVATE KEY-----\n{Canary}\n"));

    // Damage can turn the secret into the name of the variable, and names are shown.
    private const string SecretName = $"name: {Canary}";

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    private static readonly string[] Splinters =
    [
        "", " ", "\n", "\n  ", "\t", ":", ": ", "- ", "*", "*cluster", "&a ", "<<: ", "!", "!!binary ", "!!int ", "!<", "|", "|2", ">", "'", "\"", "{", "}", "[", "]", ",", "#", "%", "---\n", "...\n",
        "\\", "\\x", "\\uD800", "\0", "\uFEFF", "\uD800", "\u2028", "? ", "~", "null", "12", "1e9999", "0x", "yes", "\r", "@", "`", "name", "server", "../", "//", "://", "AAAA", "=", "é",
    ];

    private static readonly string Whole = $$"""
        apiVersion: v1
        kind: Config
        current-context: one
        clusters:
        - name: c
          cluster: &cluster
            server: "https://example.test:6443"
            insecure-skip-tls-verify: true
            proxy-url: http://me:{{Canary}}@proxy.test:3128
            tls-server-name: kubernetes
            extensions:
            - name: client.authentication.k8s.io/exec
              extension: {audience: api, tries: 0x10, list: [1.5, ~, off, '<é>']}
        - {name: d, cluster: *cluster}
        users:
        - name: u
          user:
            password: '{{Canary}}'
            username: me
            client-certificate-data: QUJD
            client-key-data: |
              {{Base64Canary}}
        - name: v
          user:
            token: {{Canary}}
            tokenFile: token
            as: jane
            as-groups: [a, "b"]
            as-user-extra: {scopes: [read, write]}
        - name: w
          user:
            exec:
              apiVersion: client.authentication.k8s.io/v1
              interactiveMode: Never
              installHint: install it
              command: ./login
              provideClusterInfo: true # no text may stand before a secret: both would become one
              args: [--password, {{Canary}}]
              env:
              - name: SECRET
                value: {{Canary}}
        contexts:
        - name: one
          context: {cluster: c, user: u, namespace: shop}
        - {name: two, context: {cluster: d, user: v} }
        - name: three
          context:
            <<: {cluster: c}
            user: w
        """;

    private static int Runs => int.Parse(Environment.GetEnvironmentVariable("KUBEINJECT_FUZZ_RUNS") is { Length: > 0 } runs ? runs : "3000", CultureInfo.InvariantCulture);

    [Fact]
    public void The_undamaged_kubeconfig_is_read() => Assert.Equal(3, Kubeconfig.Parse(Whole, "/k/config").Contexts.Count);

    [Fact]
    public void A_damaged_kubeconfig_is_read_or_rejected_and_no_message_contains_a_secret() =>
        Check(Spliced(1).Where(text => !text.Contains(SecretName, StringComparison.Ordinal)), shown => shown.TrueForAll(text => !text.Contains(Canary, StringComparison.Ordinal) && !text.Contains(Base64Canary, StringComparison.Ordinal)));

    [Fact]
    public void A_kubeconfig_damaged_in_many_places_is_read_or_rejected() =>
        Check(Gen.OneOf(Spliced(8), Shuffled(), Copied()), shown => shown.Count > 0);

    /// <summary>Reads a kubeconfig and uses each of its contexts.</summary>
    /// <returns>All texts that can be shown: the printed content of the kubeconfig, and errors.</returns>
    internal static List<string> Attempt(string text)
    {
        var shown = new List<string>();
        try
        {
            var config = Kubeconfig.Parse(text, "/k/config");
            shown.Add($"{config} {string.Concat(config.Clusters)} {string.Concat(config.Users)} {string.Concat(config.Contexts)} {string.Concat(config.ListContexts())}");
            foreach (var context in config.Contexts.Select(context => (string?)context.Name).Append(null))
                Take(config, context, shown);
        }
        catch (ConfigurationException e)
        {
            shown.Add(e.ToString());
        }

        return shown;
    }

    /// <summary>Runs in a separate thread with a time limit.</summary>
    private static void Check(Gen<string> texts, Func<List<string>, bool> property)
    {
        var (count, current) = (0, "");
        var cases = new CaseCounter();
        Exception? failure = null;
        var all = Prop.ForAll(texts.ToArbitrary(), text =>
        {
            current = text;
            Interlocked.Increment(ref count);
            var shown = Attempt(text);
            cases.Count(shown.Count > 1 ? "read" : "rejected");
            return property(shown);
        });
        var thread = new Thread(() => failure = Record.Exception(() => all.CheckSeeded(Runs))) { IsBackground = true };
        thread.Start();
        for (var seen = -1; !thread.Join(Longest); seen = count)
            Assert.True(seen != count, $"Reading this does not come to an end: {current}");
        Assert.True(failure is null, $"{failure}");
        cases.Require(Runs / 20, "read", "rejected");
    }

    private static void Take(Kubeconfig config, string? context, List<string> shown)
    {
        try
        {
            var settings = ConnectionSettings.FromKubeconfig(config, context);
            settings.Validate();
            shown.Add(settings.ToString());
            if (settings.Exec is { } exec)
                shown.Add($"{exec} {ExecInfo.Write(exec with { ProvideClusterInfo = true }, settings with { Proxy = null }, true)}");
        }
        catch (ConfigurationException e)
        {
            shown.Add(e.ToString());
        }
    }

    /// <summary>Some parts are replaced by fragments of YAML.</summary>
    private static Gen<string> Spliced(int most) =>
        from count in Gen.Choose(1, most)
        from edits in (from at in Gen.Choose(0, Whole.Length) from length in Gen.Choose(0, 12) from splinter in Gen.Elements(Splinters) select (at, length, splinter)).ListOf(count)
        select edits.Aggregate(Whole, (text, edit) => Replace(text, edit.at, edit.length, edit.splinter));

    /// <summary>Some lines are moved or indented differently.</summary>
    private static Gen<string> Shuffled() =>
        from count in Gen.Choose(1, 5)
        from moves in (from source in Gen.Choose(0, 60) from target in Gen.Choose(0, 60) from depth in Gen.Choose(0, 8) select (source, target, depth)).ListOf(count)
        select string.Join('\n', moves.Aggregate(Whole.Split('\n').ToList(), (lines, move) =>
        {
            var line = lines[move.source % lines.Count];
            lines.RemoveAt(move.source % lines.Count);
            lines.Insert(move.target % lines.Count, new string(' ', move.depth) + line.TrimStart());
            return lines;
        }));

    /// <summary>Parts are moved, or the end is missing.</summary>
    private static Gen<string> Copied() =>
        from count in Gen.Choose(0, 4)
        from copies in (from source in Gen.Choose(0, Whole.Length) from target in Gen.Choose(0, Whole.Length) from length in Gen.Choose(1, 80) select (source, target, length)).ListOf(count)
        from end in Gen.Choose(Whole.Length / 2, Whole.Length * 2)
        let text = copies.Aggregate(Whole, (text, copy) => Replace(text, copy.target, 0, text.Substring(copy.source, Math.Min(copy.length, text.Length - copy.source))))
        select text[..Math.Min(end, text.Length)];

    private static string Replace(string text, int at, int length, string by)
    {
        at = Math.Min(at, text.Length);
        return text[..at] + by + text[Math.Min(at + length, text.Length)..];
    }
}
