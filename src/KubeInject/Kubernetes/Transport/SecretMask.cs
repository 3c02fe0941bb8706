using System.Text;
using System.Text.RegularExpressions;
using KubeInject.Kubernetes.Configuration;

namespace KubeInject.Kubernetes.Transport;

/// <summary>Masks the secrets of a connection in external texts.</summary>
internal sealed partial class SecretMask(ConnectionSettings settings)
{
    // Shorter secrets could be normal words of a message, such as a username.
    private const int MinSecretLength = 8;

    private readonly string?[] serverSecrets =
    [
        settings.Token?.Reveal().Trim(),
        settings.Password?.Reveal(),
        settings.Username is null ? null : Basic(settings.Username, settings.Password),
        settings.Proxy?.Password?.Reveal(),
    ];

    private readonly string?[] pluginSecrets = settings.Exec is not { } exec ? [] : [.. exec.Variables.Select(variable => variable.Value.Reveal()), .. ArgumentSecrets(exec.Arguments)];

    /// <summary>Masks the credential in a response of the server.</summary>
    /// <param name="text">The text.</param>
    /// <param name="others">Secrets that became known after the connection was created.</param>
    public string Apply(string text, IEnumerable<SensitiveString?> others) => Replace(text, [.. others.Select(secret => secret?.Reveal().Trim()), .. serverSecrets]);

    /// <summary>
    /// Masks the arguments and variables of a plugin in its output, and all text that looks like a secret: JSON Web Tokens,
    /// text after Bearer, values of keys such as password. Responses of a server are not masked that much, because they are parsed.
    /// </summary>
    public string ApplyToPlugin(string text, IEnumerable<SensitiveString?> others) => SecretPattern().Replace(Replace(Apply(text, others), pluginSecrets), SensitiveString.Mask);

    public static string Basic(string username, SensitiveString? password) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{password?.Reveal()}"));

    private static string Replace(string text, string?[] secrets) => secrets.OfType<string>()
        .Where(secret => secret.Length >= MinSecretLength)
        .OrderByDescending(secret => secret.Length)
        .Aggregate(text, (masked, secret) => masked.Replace(secret, SensitiveString.Mask, StringComparison.Ordinal));

    /// <summary>Gets the secrets of the arguments: the values of options with names such as --password.</summary>
    private static IEnumerable<string?> ArgumentSecrets(IReadOnlyList<SensitiveString> arguments)
    {
        var isValueNext = false;
        foreach (var argument in arguments)
        {
            var parts = argument.Reveal().Split('=', 2);
            var isSecretOption = SecretOptionName().IsMatch(parts[0]);
            if (isValueNext)
                yield return argument.Reveal();
            else if (parts.Length == 2 && isSecretOption)
                yield return parts[1];
            isValueNext = !isValueNext && parts is [['-', ..]] && isSecretOption;
        }
    }

    [GeneratedRegex("(?i)secret|password|token|key|credential")]
    private static partial Regex SecretOptionName();

    [GeneratedRegex("""eyJ[\w-]+(\.[\w-]*)*|(?i)(?<=bearer\s+|(secret|password|token|key|credential|keydata)"?\s*[:=]\s*"?)[^\s"',;|}]+|-----BEGIN [^-]*PRIVATE KEY-----[^-]*(-----END [^-]*-----)?""")]
    private static partial Regex SecretPattern();
}
