using System.Net.Http.Headers;
using KubeInject.Http;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Errors;

namespace KubeInject.Kubernetes.Transport;

/// <summary>Says with every request who the user is, and keeps that out of every message.</summary>
internal sealed class RequestCredential
{
    private readonly ConnectionSettings settings;
    private readonly ExecCredentialSource? plugin;
    private readonly SecretMask mask;
    private volatile SensitiveString? lastOfFile;

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
            plugin = new ExecCredentialSource(new ExecPluginRunner(settings.Exec!, settings, MaskOfPlugin).RunAsync, settings.Environment.Time);
    }

    /// <summary>What the server is shown, in words for messages and displays.</summary>
    public string Kind { get; }

    /// <summary>Whether the server is shown anything at all.</summary>
    public bool IsGiven => Kind != "none";

    /// <summary>Whether the next request can be made without running an exec plugin.</summary>
    public bool IsAtHand => plugin?.IsAtHand ?? true;

    /// <summary>What the exec plugin returns; null where the settings themselves say who the user is.</summary>
    /// <exception cref="KubeConnectionException">The exec plugin returns no credential.</exception>
    public async ValueTask<ExecCredential?> GetAsync(CancellationToken cancellationToken) =>
        plugin is null ? null : await plugin.GetAsync(null, cancellationToken);

    /// <summary>Asks the exec plugin again, after the server did not accept what it returned.</summary>
    /// <returns>Whether it returns something else by now, with which it is worth sending the request once more.</returns>
    /// <exception cref="KubeConnectionException">The exec plugin returns no credential.</exception>
    public async ValueTask<bool> RenewAsync(ExecCredential? refused, CancellationToken cancellationToken) =>
        plugin is not null && refused is not null && !(await plugin.GetAsync(refused, cancellationToken)).IsSameAs(refused);

    /// <summary>Makes a request say who the user is, and in whose place he asks.</summary>
    /// <param name="request">The request.</param>
    /// <param name="credential">What <see cref="GetAsync"/> returned.</param>
    /// <exception cref="ConfigurationException">The token's file cannot be read, or holds no token.</exception>
    public void Apply(HttpRequestMessage request, ExecCredential? credential)
    {
        if (settings.Impersonation is { } impersonation)
            ImpersonationHeaders.Apply(request, impersonation);
        if (credential?.Certificate is not null)
            request.Options.Set(HttpTransport.Certificate, credential.Certificate);
        request.Headers.Authorization = credential is null ? Header()
            : credential.Token is not null ? Bearer(credential.Token, "of the exec plugin")
            : null;
    }

    /// <summary>Masks what is secret in a text that came from outside.</summary>
    public string Mask(string text) => mask.Apply(text, plugin?.Tokens ?? [lastOfFile]);

    private string MaskOfPlugin(string text) => mask.ApplyToPlugin(text, plugin?.Tokens ?? []);

    /// <summary>The header of the next request; null where the user is known by a certificate, or not at all.</summary>
    private AuthenticationHeaderValue? Header()
    {
        if (settings.TokenFile is not null)
            return Bearer(ReadFile(settings.TokenFile), $"in {settings.TokenFile}");
        if (settings.Token is not null)
            return Bearer(settings.Token, "of the settings");
        return settings.Username is not null ? new AuthenticationHeaderValue("Basic", SecretMask.Basic(settings.Username, settings.Password)) : null;
    }

    /// <summary>
    /// Reads the file for every request: a kubelet changes it by turning a symbolic link two levels up, which the
    /// file's own time does not show, and reading a kilobyte costs less than the request.
    /// </summary>
    private SensitiveString ReadFile(string path)
    {
        try
        {
            var text = ConfigurationFile.Read(path, "token");
            if (!string.IsNullOrWhiteSpace(text))
                lastOfFile = new SensitiveString(text);
        }
        catch (ConfigurationException) when ((lastOfFile ?? settings.Token) is not null)
        {
            // The file is being replaced: the last token is good until the server says otherwise.
        }

        return lastOfFile ?? settings.Token ?? throw new ConfigurationException($"The token file {path} is empty.") { File = path };
    }

    private static AuthenticationHeaderValue Bearer(SensitiveString token, string origin)
    {
        var text = token.Reveal().Trim();

        // The platform's own error for such a header could quote it.
        return text.Length > 0 && text.All(character => character is > ' ' and <= '~')
            ? new AuthenticationHeaderValue("Bearer", text)
            : throw new ConfigurationException($"The token {origin} is empty, or contains spaces, line breaks or other characters that are not allowed in a token.");
    }
}
