using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using KubeInject.Http;

namespace KubeInject.Credentials.Vault;

/// <summary>Translates errors of Vault into exceptions with a remedy.</summary>
internal sealed partial class VaultFailures(VaultSettings settings, ServerTrust trust)
{
    private const int MaxQuotationLength = 400;

    /// <summary>Whether a response reports a missing permission. The status code is not sufficient: some versions return 500 for a login with an unbound ServiceAccount.</summary>
    public static bool IsRefusal(VaultResponse response) => response.StatusCode == 403 || response.HasError("not authorized", "permission denied");

    /// <summary>Whether a response reports that a lease or its token can no longer be renewed.</summary>
    public static bool IsEnded(VaultResponse response) =>
        response.StatusCode is 400 or 403 or 404
        && response.HasError("invalid lease", "lease not found", "lease expired", "lease is not renewable", "could not find role", "token not found", "bad token");

    /// <summary>Creates the exception for an error response.</summary>
    public CredentialException FromResponse(VaultRequest request, VaultResponse response, IEnumerable<SensitiveString?> secrets)
    {
        var failure = Translate(request, response, [.. secrets, .. request.Secrets, request.Token]);
        return response.IsWaitTooLong ? new(failure.Reason, $"{failure.Message} {RetryAfterHeader.Describe(response.RetryAfter!.Value, settings.Timeout)}") : failure;
    }

    private CredentialException Translate(VaultRequest request, VaultResponse response, IReadOnlyList<SensitiveString?> secrets)
    {
        var errors = QuoteErrors(response, secrets);
        if (response.IsSealed)
            return new(CredentialFailure.Unavailable, $"Vault at {settings.Address} is sealed. Unseal it (vault operator unseal), then try again.");
        return response.StatusCode switch
        {
            >= 300 and < 400 => new(
                CredentialFailure.Unavailable,
                Mask($"Vault at {settings.Address} redirects {request.Method} {request.PolicyPath}{(response.RedirectTarget is { } target ? $" to {target}" : $" ({response.StatusCode})")}. Redirects are not followed, so that no token is sent to another server. Specify the address of the active server, or of a load balancer for it (VAULT_ADDR).", secrets)),
            403 => new(CredentialFailure.Refused, $"Vault does not allow {request.Method} {request.PolicyPath}{errors}. {Grant(request)}"),
            404 => new(CredentialFailure.Refused, $"Vault has nothing at {request.PolicyPath}{errors}. Check that the mount and the role are correct."),
            429 => new(CredentialFailure.Unavailable, $"Vault at {settings.Address} receives too many requests{errors}. Try again later, or set a rate limit (VAULT_RATE_LIMIT)."),
            472 or 473 => new(CredentialFailure.Unavailable, $"The server at {settings.Address} is a standby server, which does not serve this request. Specify the address of the active server."),
            _ when IsRefusal(response) => new(CredentialFailure.Refused, $"Vault does not allow {request.Method} {request.PolicyPath}{errors}."),
            >= 500 or 412 => new(CredentialFailure.Unavailable, $"Vault at {settings.Address} failed to process {request.Method} {request.PolicyPath} ({response.StatusCode}){errors}. Try again; if the error persists, check Vault's log."),
            _ => new(CredentialFailure.Refused, $"Vault refuses {request.Method} {request.PolicyPath} ({response.StatusCode}){errors}."),
        };
    }

    /// <summary>Creates the exception for a failed login.</summary>
    /// <param name="login">The description of the login.</param>
    /// <param name="request">The login request.</param>
    /// <param name="response">The error response.</param>
    public CredentialException FromLogin(string login, VaultRequest request, VaultResponse response)
    {
        var failure = FromResponse(request, response, []);
        return failure.Reason != CredentialFailure.Refused ? failure : new(
            CredentialFailure.Refused,
            $"Vault does not accept the login with {login}{QuoteErrors(response, request.Secrets)}. Check that the role exists, that it is bound to the ServiceAccount, namespace and audience, and that the credential is still valid.");
    }

    public CredentialException FromTimeout(VaultRequest request, Exception cause) => new(
        CredentialFailure.Unavailable,
        string.Create(CultureInfo.InvariantCulture, $"Vault at {settings.Address} did not answer {request.Method} {request.PolicyPath} within {settings.Timeout.TotalSeconds:0.###} s (VAULT_CLIENT_TIMEOUT)."),
        cause);

    /// <summary>Creates the exception for a request without a complete response.</summary>
    public CredentialException FromTransport(VaultRequest request, Exception cause)
    {
        // The proxy and the response buffer report more specific errors than the HTTP client.
        if (FindInner<ProxyException>(cause) is { } proxy)
            return new(CredentialFailure.Unavailable, proxy.Message, proxy);
        if (FindInner<ResponseTooLargeException>(cause) is { } tooLarge)
            return Unexpected(request, $"the response is larger than {tooLarge.Limit >> 20} MiB. Check which server runs at this address (VAULT_ADDR)");
        var isRefused = FindInner<SocketException>(cause)?.SocketErrorCode == SocketError.ConnectionRefused;
        return TransportError.KindOf(cause) switch
        {
            HttpRequestError.NameResolutionError => new(CredentialFailure.Unavailable, $"The host name {settings.Address.IdnHost} of Vault cannot be resolved. Check VAULT_ADDR.", cause),
            HttpRequestError.SecureConnectionError when trust.LastFailure is { } failure => new(CredentialFailure.Unavailable, failure.Message, cause),
            HttpRequestError.SecureConnectionError => new(CredentialFailure.Unavailable, $"Vault at {settings.Address} aborted the TLS handshake: {cause.GetBaseException().Message} Check whether its address must begin with http.", cause),

            // Without the inner exception, which quotes the response, which can echo the request.
            HttpRequestError.InvalidResponse => new(CredentialFailure.UnexpectedAnswer, $"The server at {settings.Address} does not speak HTTP. Check whether its address must begin with https."),
            _ when isRefused => new(CredentialFailure.Unavailable, $"The connection to Vault at {settings.Address} was refused. Check that Vault is running and that VAULT_ADDR is correct.", cause),
            _ => new(CredentialFailure.Unavailable, $"Vault at {settings.Address} cannot be reached: {cause.GetBaseException().Message}", cause),
        };
    }

    public CredentialException Unexpected(VaultRequest request, string problem) => new(
        CredentialFailure.UnexpectedAnswer, $"The server at {settings.Address} did not return a valid Vault response to {request.Method} {request.PolicyPath}: {problem}.");

    private static string Grant(VaultRequest request) => request.Token is null
        ? $"Grant {request.Capabilities} on path \"{request.PolicyPath}\" in the policy of the login."
        : $"Grant {request.Capabilities} on path \"{request.PolicyPath}\" in the policy that has the name of the role.";

    /// <summary>Returns the error messages of Vault in one line and in parentheses, with masked secrets; empty if there are none.</summary>
    private static string QuoteErrors(VaultResponse response, IEnumerable<SensitiveString?> secrets)
    {
        var text = Spaces().Replace(string.Join("; ", response.Errors), " ").Trim();
        if (text.Length == 0)
            return "";
        text = Mask(text, secrets);
        return $" ({(text.Length > MaxQuotationLength ? $"{text[..MaxQuotationLength]}…" : text)})";
    }

    private static string Mask(string text, IEnumerable<SensitiveString?> secrets)
    {
        foreach (var secret in secrets.OfType<SensitiveString>().Select(secret => secret.Reveal().Trim()).Where(secret => secret.Length > 0).OrderByDescending(secret => secret.Length))
            text = text.Replace(secret, SensitiveString.Mask, StringComparison.Ordinal);
        return SecretText().Replace(text, SensitiveString.Mask);
    }

    private static T? FindInner<T>(Exception? exception)
        where T : Exception
    {
        while (exception is not (null or T))
            exception = exception.InnerException;
        return exception as T;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    // Tokens of Vault and OpenBao, JSON Web Tokens, the user information of a URI, and values that are labeled as passwords.
    [GeneratedRegex("""\b(?:hv)?[sbr]\.[\w-]{20,}(\.\w+)?|eyJ[\w-]+(\.[\w-]*)*|(?<=://)[^\s/@"']+(?=@)|(?i)(?<=password['"]?\s*[:= ]\s*['"]?)[^\s'",;]+""")]
    private static partial Regex SecretText();
}
