using System.Globalization;
using System.Text.RegularExpressions;
using KubeInject.Http;
using KubeInject.Kubernetes.Configuration;

namespace KubeInject.Credentials.Vault;

/// <summary>Reads the environment variables of the Vault CLI with the same rules.</summary>
internal static partial class VaultEnvironment
{
    // Without a burst, the limit allows the requests of one second at once, but at least one.
    private const int MinBurst = 1;

    public static VaultSettings Read(KubeEnvironment environment)
    {
        var settings = new VaultSettings { Environment = environment };
        if (Variable(environment, "VAULT_ADDR") is { } address)
            settings = settings with { Address = Address(address) };
        if (Variable(environment, "VAULT_NAMESPACE") is { } name)
            settings = settings with { Namespace = name };
        if (Variable(environment, "VAULT_TLS_SERVER_NAME") is { } serverName)
            settings = settings with { TlsServerName = serverName };
        if (Variable(environment, "VAULT_CLIENT_TIMEOUT") is { } timeout)
            settings = settings with { Timeout = Duration(timeout) };
        if (Variable(environment, "VAULT_MAX_RETRIES") is { } retries)
            settings = settings with { MaxRetries = Count(retries) };
        if (Variable(environment, "VAULT_RATE_LIMIT") is { } limit)
            settings = settings with { RateLimit = RateLimit(limit) };
        if (Variable(environment, "VAULT_CLIENT_CERT") is { } certificate)
            settings = settings with { ClientCertificate = ClientCertificate.FromFiles(certificate, Variable(environment, "VAULT_CLIENT_KEY")) };

        // Like the Vault CLI, VAULT_SKIP_VERIFY takes precedence over a certificate authority.
        return Variable(environment, "VAULT_SKIP_VERIFY") is { } skip && Boolean(skip)
            ? settings with { SkipCertificateCheck = true }
            : settings with { CertificateAuthority = Authority(environment) };
    }

    /// <summary>Returns the token in <c>VAULT_TOKEN</c>, or the token that <c>vault login</c> stored in <c>~/.vault-token</c>; null if there is neither.</summary>
    public static SensitiveString? Token(KubeEnvironment environment)
    {
        var text = Variable(environment, "VAULT_TOKEN") ?? ConfigurationFile.TryRead(Path.Combine(environment.HomeFolder, ".vault-token"), "Vault token");
        return string.IsNullOrWhiteSpace(text) ? null : new SensitiveString(text.Trim());
    }

    private static string? Variable(KubeEnvironment environment, string name) => environment.Variable(name) is { Length: > 0 } value ? value : null;

    // The message does not quote the address, which can contain a password.
    private static Uri Address(string text) => Uri.TryCreate(text, UriKind.Absolute, out var address) && ConnectionSettings.IsServerAddress(address)
        ? address
        : throw new ConfigurationException("VAULT_ADDR is not an http or https address. Specify an address such as https://vault.example.org:8200.");

    private static CertificateAuthority? Authority(KubeEnvironment environment)
    {
        if (Variable(environment, "VAULT_CACERT") is { } file)
            return CertificateAuthority.FromFile(file);
        if (Variable(environment, "VAULT_CACERT_BYTES") is { } pem)
            return CertificateAuthority.FromPem(pem, "VAULT_CACERT_BYTES");
        if (Variable(environment, "VAULT_CAPATH") is not { } folder)
            return null;
        if (!Directory.Exists(folder))
            throw new ConfigurationException($"The folder {folder} in VAULT_CAPATH does not exist.") { File = folder };
        var files = Directory.GetFiles(folder).Order(StringComparer.Ordinal);
        return CertificateAuthority.FromPem(string.Join('\n', files.Select(path => ConfigurationFile.Read(path, "certificate authority"))), folder);
    }

    private static int Count(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        ? count
        : throw Invalid("VAULT_MAX_RETRIES", text, "a number, such as 2");

    /// <summary>Parses a number of seconds, or a duration in Go format: <c>90s</c>, <c>1m30s</c>.</summary>
    private static TimeSpan Duration(string text)
    {
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var plain) && plain is > 0 and < 1e9)
            return TimeSpan.FromSeconds(plain);
        var match = GoDuration().Match(text);
        var seconds = match.Groups["part"].Captures.Sum(part => double.Parse(part.Value.AsSpan().TrimEnd("hmsuµn"), CultureInfo.InvariantCulture) * Unit(part.Value));
        return match.Success && seconds is > 0 and < 1e9 ? TimeSpan.FromSeconds(seconds) : throw Invalid("VAULT_CLIENT_TIMEOUT", text, "seconds or a duration, such as 90 or 1m30s");
    }

    private static double Unit(string part) => part switch
    {
        [.., 'm', 's'] => 1e-3,
        [.., 'u' or 'µ', 's'] => 1e-6,
        [.., 'n', 's'] => 1e-9,
        [.., 'h'] => 3600,
        [.., 'm'] => 60,
        _ => 1,
    };

    private static VaultRateLimit RateLimit(string text)
    {
        var parts = text.Split(':');
        var burst = 0;
        var isValid = double.TryParse(parts[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate) && rate is > 0 and < 1e9
            && (parts.Length == 1 || (parts.Length == 2 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out burst) && burst > 0));
        return isValid
            ? new VaultRateLimit(rate, parts.Length == 2 ? burst : Math.Max((int)rate, MinBurst))
            : throw Invalid("VAULT_RATE_LIMIT", text, "rate:burst, such as 100:20");
    }

    /// <summary>Parses a Boolean value like strconv.ParseBool of Go.</summary>
    private static bool Boolean(string text) => text switch
    {
        "1" or "t" or "T" or "TRUE" or "true" or "True" => true,
        "0" or "f" or "F" or "FALSE" or "false" or "False" => false,
        _ => throw Invalid("VAULT_SKIP_VERIFY", text, "true or false"),
    };

    private static ConfigurationException Invalid(string variable, string text, string expected) => new($"{variable} is '{text}' but must be {expected}.");

    [GeneratedRegex(@"^(?<part>[0-9]+(\.[0-9]+)?(h|ms|m|us|µs|ns|s))+$", RegexOptions.CultureInvariant)]
    private static partial Regex GoDuration();
}
