using System.Net.Http.Headers;
using System.Text;

namespace KubeInject.Kubernetes;

/// <summary>Says with every request who the user is, and keeps that out of every message.</summary>
internal sealed class RequestCredential(ConnectionSettings settings)
{
    // Shorter ones could be ordinary words of a message, such as the name of a user.
    private const int ShortestToMask = 8;

    private volatile Secret? lastOfFile;

    /// <summary>What the server is shown, in words for messages and displays.</summary>
    public string Kind { get; } =
        settings.TokenFile is not null ? "token file"
        : settings.Token is not null ? "token"
        : settings.Username is not null ? "basic"
        : settings.ClientCertificate is not null ? "client certificate"
        : "none";

    /// <summary>The header of the next request; null where the user is known by a certificate, or not at all.</summary>
    /// <exception cref="KubeConfigurationException">The token's file cannot be read, or holds no token.</exception>
    public AuthenticationHeaderValue? Header()
    {
        if (settings.TokenFile is not null)
            return Bearer(ReadFile(settings.TokenFile), $"in {settings.TokenFile}");
        if (settings.Token is not null)
            return Bearer(settings.Token, "of the settings");
        return settings.Username is not null ? new AuthenticationHeaderValue("Basic", Basic()) : null;
    }

    /// <summary>Masks what is secret in a text that came from outside.</summary>
    public string Mask(string text)
    {
        string?[] secrets =
        [
            lastOfFile?.Reveal().Trim(),
            settings.Token?.Reveal().Trim(),
            settings.Password?.Reveal(),
            settings.Username is null ? null : Basic(),
        ];
        return secrets.Aggregate(
            text, (masked, secret) => secret is { Length: >= ShortestToMask } ? masked.Replace(secret, Secret.Mask, StringComparison.Ordinal) : masked);
    }

    /// <summary>
    /// Reads the file for every request: a kubelet changes it by turning a symbolic link two levels up, which the
    /// file's own time does not show, and reading a kilobyte costs less than the request.
    /// </summary>
    private Secret ReadFile(string path)
    {
        try
        {
            var text = ConfigurationFile.Read(path, "token");
            if (!string.IsNullOrWhiteSpace(text))
                lastOfFile = new Secret(text);
        }
        catch (KubeConfigurationException) when (lastOfFile is not null)
        {
            // The file is being replaced: the last token is good until the server says otherwise.
        }

        return lastOfFile ?? throw new KubeConfigurationException($"The token file {path} is empty.") { File = path };
    }

    private static AuthenticationHeaderValue Bearer(Secret token, string origin)
    {
        var text = token.Reveal().Trim();

        // The platform's own error for such a header could quote it.
        return text.Length > 0 && text.All(character => character is > ' ' and <= '~')
            ? new AuthenticationHeaderValue("Bearer", text)
            : throw new KubeConfigurationException($"The token {origin} is empty, or holds spaces, line breaks or other characters that no token has.");
    }

    private string Basic() => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{settings.Username}:{settings.Password?.Reveal()}"));
}
