using System.Text;
using System.Text.Json;
using KubeInject.Kubernetes.Configuration;

namespace KubeInject.Kubernetes.Transport;

/// <summary>Writes the input of an exec plugin for the environment variable KUBERNETES_EXEC_INFO.</summary>
internal static class ExecInfo
{
    public const string Variable = "KUBERNETES_EXEC_INFO";

    public static string Write(ExecPlugin plugin, ConnectionSettings settings, bool isInteractive)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("kind", "ExecCredential");
            writer.WriteString("apiVersion", plugin.ApiVersion);
            writer.WriteStartObject("spec");
            if (plugin.ProvideClusterInfo)
                WriteCluster(writer, plugin, settings);
            writer.WriteBoolean("interactive", isInteractive);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void WriteCluster(Utf8JsonWriter writer, ExecPlugin plugin, ConnectionSettings settings)
    {
        writer.WriteStartObject("cluster");
        writer.WriteString("server", settings.Server.OriginalString);
        if (settings.TlsServerName is not null)
            writer.WriteString("tls-server-name", settings.TlsServerName);
        if (settings.SkipCertificateCheck)
            writer.WriteBoolean("insecure-skip-tls-verify", true);
        if (settings.CertificateAuthority is { } authority)
            writer.WriteBase64String("certificate-authority-data", Encoding.UTF8.GetBytes(authority.Pem));
        if (settings.Proxy is { } proxy)
            writer.WriteString("proxy-url", proxy.ToCredentialUri().Reveal());
        if (settings.DisableCompression)
            writer.WriteBoolean("disable-compression", true);
        writer.WritePropertyName("config");
        writer.WriteRawValue(plugin.ClusterConfig ?? "null");
        writer.WriteEndObject();
    }
}
