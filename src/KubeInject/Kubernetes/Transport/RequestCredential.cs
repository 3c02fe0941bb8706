using System.Net.Http.Headers;
using KubeInject.Http;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Errors;

namespace KubeInject.Kubernetes.Transport;

/// <summary>Adds the credential to requests and masks it in messages.</summary>
internal sealed class RequestCredential
{
    private readonly ConnectionSettings settings;
    private readonly ExecCredentialSource? plugin;
    private readonly SecretMask mask;
    private volatile SensitiveString? lastFileToken;

    public RequestCredential(ConnectionSettings settings)
    {
        this.settings = settings;
        mask = new SecretMask(settings);
        Kind = settings.TokenFile is not null ? "token file"
            : settings.Token is not null ? "token"
            : settings.Username is not null ? "basic"
            : settings.ClientCertificate is not null ? "client certificate"
            : settings.Exec is not null ? "exec plugin"
            : "none";
        if (Kind == "exec plugin")
            plugin = new ExecCredentialSource(new ExecPluginRunner(settings.Exec!, settings, MaskPluginOutput).RunAsync, settings.Environment.Time);
    }

    /// <summary>The kind of credential for messages and displays.</summary>
    public string Kind { get; }

    /// <summary>Whether there is a credential.</summary>
    public bool IsGiven => Kind != "none";

    /// <summary>Whether the next request can be sent without running an exec plugin.</summary>
    public bool IsAvailable => plugin?.IsAvailable ?? true;

    /// <summary>Gets the credential of the exec plugin; null if the settings contain the credential.</summary>
    /// <exception cref="KubeConnectionException">The exec plugin returned no credential.</exception>
    public async ValueTask<ExecCredential?> GetAsync(CancellationToken cancellationToken) =>
        plugin is null ? null : await plugin.GetAsync(null, cancellationToken).ConfigureAwait(false);

    /// <summary>Runs the exec plugin again after the server rejected its credential.</summary>
    /// <returns>Whether the plugin returned another credential, so that the request can be sent again.</returns>
    /// <exception cref="KubeConnectionException">The exec plugin returned no credential.</exception>
    public async ValueTask<bool> RenewAsync(ExecCredential? refused, CancellationToken cancellationToken) =>
        plugin is not null && refused is not null && !(await plugin.GetAsync(refused, cancellationToken).ConfigureAwait(false)).IsSameAs(refused);

    /// <summary>Adds the credential and the impersonation headers to a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="credential">The result of <see cref="GetAsync"/>.</param>
    /// <exception cref="ConfigurationException">The token file cannot be read or contains no token.</exception>
    public void Apply(HttpRequestMessage request, ExecCredential? credential)
    {
        if (settings.Impersonation is { } impersonation)
            ImpersonationHeaders.Apply(request, impersonation);
        if (credential?.Certificate is not null)
            request.Options.Set(HttpTransport.Certificate, credential.Certificate);
        request.Headers.Authorization = credential is null ? CreateHeader()
            : credential.Token is not null ? Bearer(credential.Token, "of the exec plugin")
            : null;
    }

    /// <summary>Masks the secrets of the connection in an external text.</summary>
    public string Mask(string text) => mask.Apply(text, plugin?.Tokens ?? [lastFileToken]);

    private string MaskPluginOutput(string text) => mask.ApplyToPlugin(text, plugin?.Tokens ?? []);

    /// <summary>Gets the authorization header; null if the credential is a certificate or there is none.</summary>
    private AuthenticationHeaderValue? CreateHeader()
    {
        if (settings.TokenFile is not null)
            return Bearer(ReadFile(settings.TokenFile), $"in {settings.TokenFile}");
        if (settings.Token is not null)
            return Bearer(settings.Token, "of the settings");
        return settings.Username is not null ? new AuthenticationHeaderValue("Basic", SecretMask.Basic(settings.Username, settings.Password)) : null;
    }

    /// <summary>
    /// Reads the file for each request. A kubelet replaces the file by changing a symbolic link two levels above, so the
    /// modification time of the file does not show the change. Reading it is cheap compared with the request.
    /// </summary>
    private SensitiveString ReadFile(string path)
    {
        try
        {
            var text = ConfigurationFile.Read(path, "token");
            if (!string.IsNullOrWhiteSpace(text))
                lastFileToken = new SensitiveString(text);
        }
        catch (ConfigurationException) when ((lastFileToken ?? settings.Token) is not null)
        {
            // The file is being replaced. The previous token is still valid until the server rejects it.
        }

        return lastFileToken ?? settings.Token ?? throw new ConfigurationException($"The token file {path} is empty.") { File = path };
    }

    private static AuthenticationHeaderValue Bearer(SensitiveString token, string origin)
    {
        var text = token.Reveal().Trim();

        // The error of .NET for such a header could quote the token.
        return text.Length > 0 && text.All(character => character is > ' ' and <= '~')
            ? new AuthenticationHeaderValue("Bearer", text)
            : throw new ConfigurationException($"The token {origin} is empty, or contains spaces, line breaks or other characters that are not allowed in a token.");
    }
}
