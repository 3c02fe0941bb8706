using System.Globalization;
using KubeInject.Kubernetes.Configuration;

namespace KubeInject.IntegrationTests;

/// <summary>An exec plugin as a shell script that records each of its runs.</summary>
internal sealed class PluginScript : IDisposable
{
    private readonly TemporaryFolder folder = new();

    /// <summary>Writes the script.</summary>
    /// <param name="script">Lines of shell. The variable <c>run</c> has the number of the run, from 1; the function <c>status</c> wraps a status.</param>
    public PluginScript(string script) => folder.Write("login.sh", $$"""
        echo run >>'{{folder.File("runs")}}'
        run=$(wc -l <'{{folder.File("runs")}}')
        status() { printf '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":%s}' "$1"; }
        {{script}}
        """);

    public int Runs => File.Exists(folder.File("runs")) ? File.ReadLines(folder.File("runs")).Count() : 0;

    /// <summary>The script as a plugin. The shell reads it, because a program that was just written cannot always be started.</summary>
    public ExecPlugin Plugin => new() { Command = "sh", Arguments = [new SensitiveString(folder.File("login.sh"))], InteractiveMode = ExecInteractiveMode.Never };

    public ConnectionSettings Settings => new() { Server = TestCluster.Server, CertificateAuthority = TestCluster.Authority, Exec = Plugin, Context = "one" };

    public static string Token(SensitiveString token, DateTimeOffset? end = null) =>
        $$"""status '{"token":"{{token.Reveal()}}"{{(end is null ? "" : $",\"expirationTimestamp\":\"{end.Value.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)}\"")}}}'""";

    public static string Certificate((string CertificatePem, System.Security.Cryptography.ECDsa Key) pair, DateTimeOffset? end = null)
    {
        var fields = System.Text.Json.JsonSerializer.Serialize(new { clientCertificateData = pair.CertificatePem, clientKeyData = pair.Key.ExportECPrivateKeyPem(), expirationTimestamp = end });
        return $"status '{fields}'";
    }

    public string Write(string name, string content) => folder.Write(name, content);

    public string FilePath(string name) => folder.File(name);

    public void Dispose() => folder.Dispose();
}
