using System.Text;
using System.Text.Json;
using KubeInject.Http;
using KubeInject.Kubernetes.Configuration;

namespace KubeInject.Kubernetes.Transport;

/// <summary>A credential from an exec plugin.</summary>
internal sealed class ExecCredential
{
    private ExecCredential(SensitiveString? token, ClientCertificate? certificate, DateTimeOffset? expires)
    {
        Token = token;
        Certificate = certificate;
        Expires = expires;
    }

    public SensitiveString? Token { get; }

    public ClientCertificate? Certificate { get; }

    /// <summary>The expiration time; null if the credential is valid until the server rejects it.</summary>
    public DateTimeOffset? Expires { get; }

    public bool IsSameAs(ExecCredential other) =>
        Token?.Reveal() == other.Token?.Reveal() && Certificate?.Certificate.Thumbprint == other.Certificate?.Certificate.Thumbprint;

    /// <summary>Reads the output of a plugin. Messages do not quote it.</summary>
    /// <exception cref="FormatException">The output is not a credential of the expected version. The message is a predicate whose subject is the plugin.</exception>
    public static ExecCredential Read(string output, ExecPlugin plugin)
    {
        var credential = Parse(output);
        if (credential.Text("kind") != "ExecCredential")
            throw new FormatException("wrote output whose kind is not ExecCredential");
        if (credential.Text("apiVersion") != plugin.ApiVersion)
            throw new FormatException($"wrote an ExecCredential with an apiVersion other than {plugin.ApiVersion}, which the kubeconfig specifies");
        var status = credential.Get("status");
        var token = Field(status, "token");
        var certificate = Field(status, "clientCertificateData");
        var key = Field(status, "clientKeyData");
        if (token is null && certificate is null && key is null)
            throw new FormatException("wrote an ExecCredential without a token or a client certificate");
        if ((certificate is null) != (key is null))
            throw new FormatException($"wrote a client {(key is null ? "certificate without its key" : "key without its certificate")}");
        return new ExecCredential(token is null ? null : new SensitiveString(token), Pair(certificate, key), Expiry(status));
    }

    private static JsonElement Parse(string output)
    {
        try
        {
            if (output.AsSpan().TrimStart() is ['{', ..])
                return TolerantJson.Parse(Encoding.UTF8.GetBytes(output));

            // kubectl also accepts YAML.
            return KubeconfigParser.Parse("the output", output) is { } node ? TolerantJson.Parse(Encoding.UTF8.GetBytes(KubeconfigJson.Write(node))) : default;
        }
        catch (Exception e) when (e is JsonException or ConfigurationException)
        {
            throw new FormatException("wrote output that is neither JSON nor YAML");
        }
    }

    private static string? Field(JsonElement status, string name)
    {
        var value = status.Get(name);
        if (value.Exists() && value.ValueKind != JsonValueKind.String)
            throw new FormatException($"wrote an ExecCredential whose {name} is not a string");
        return value.Text() is { Length: > 0 } text ? text : null;
    }

    private static ClientCertificate? Pair(string? certificate, string? key)
    {
        try
        {
            return certificate is null || key is null ? null : ClientCertificate.FromPem(certificate, new SensitiveString(key), "the exec plugin");
        }
        catch (ConfigurationException e)
        {
            throw new FormatException($"wrote an unusable certificate: {e.Message}");
        }
    }

    private static DateTimeOffset? Expiry(JsonElement status)
    {
        if (!status.Get("expirationTimestamp").Exists())
            return null;
        return status.Time("expirationTimestamp") ?? throw new FormatException("wrote an expirationTimestamp that is not a valid time");
    }
}
