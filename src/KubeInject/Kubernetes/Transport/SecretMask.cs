using System.Text;
using System.Text.RegularExpressions;
using KubeInject.Kubernetes.Configuration;

namespace KubeInject.Kubernetes.Transport;

/// <summary>Takes the secrets of a connection out of texts that came from outside.</summary>
internal sealed partial class SecretMask(ConnectionSettings settings)
{
    // Shorter ones could be ordinary words of a message, such as the name of a user.
    private const int ShortestToMask = 8;

    private readonly string?[] ofServer =
    [
        settings.Token?.Reveal().Trim(),
        settings.Password?.Reveal(),
        settings.Username is null ? null : Basic(settings.Username, settings.Password),
        settings.Proxy?.Password?.Reveal(),
    ];

    private readonly string?[] ofPlugin = settings.Exec is not { } exec ? [] : [.. exec.Variables.Select(variable => variable.Value.Reveal()), .. OfArguments(exec.Arguments)];

    /// <summary>Masks what the server is shown, in what it answers.</summary>
    /// <param name="text">The text.</param>
    /// <param name="others">Secrets that came to be known while the connection was used.</param>
    public string Apply(string text, IEnumerable<SensitiveString?> others) => Replace(text, [.. others.Select(secret => secret?.Reveal().Trim()), .. ofServer]);

    /// <summary>
    /// Masks what a plugin is given, and whatever has the form of a secret, in what it says: JSON Web Tokens, what
    /// follows Bearer, values that are named so. Of the answers of a server that would be too much: they are read on.
    /// </summary>
    public string ApplyToPlugin(string text, IEnumerable<SensitiveString?> others) => SecretWord().Replace(Replace(Apply(text, others), ofPlugin), SensitiveString.Mask);

    public static string Basic(string username, SensitiveString? password) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{password?.Reveal()}"));

    private static string Replace(string text, string?[] secrets) => secrets.OfType<string>()
        .Where(secret => secret.Length >= ShortestToMask)
        .OrderByDescending(secret => secret.Length)
        .Aggregate(text, (masked, secret) => masked.Replace(secret, SensitiveString.Mask, StringComparison.Ordinal));

    /// <summary>Most arguments are words such as get-token; only those behind an option with a telling name are secrets.</summary>
    private static IEnumerable<string?> OfArguments(IReadOnlyList<SensitiveString> arguments)
    {
        var follows = false;
        foreach (var argument in arguments)
        {
            var parts = argument.Reveal().Split('=', 2);
            var isTelling = TellingName().IsMatch(parts[0]);
            if (follows)
                yield return argument.Reveal();
            else if (parts.Length == 2 && isTelling)
                yield return parts[1];
            follows = !follows && parts is [['-', ..]] && isTelling;
        }
    }

    [GeneratedRegex("(?i)secret|password|token|key|credential")]
    private static partial Regex TellingName();

    [GeneratedRegex("""eyJ[\w-]+(\.[\w-]*)*|(?i)(?<=bearer\s+|(secret|password|token|key|credential|keydata)"?\s*[:=]\s*"?)[^\s"',;|}]+|-----BEGIN [^-]*PRIVATE KEY-----[^-]*(-----END [^-]*-----)?""")]
    private static partial Regex SecretWord();
}
