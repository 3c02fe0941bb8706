using KubeInject.Http;

namespace KubeInject.Credentials.Vault;

/// <summary>Shares one login among all requests, and logs in again when Vault rejects its token.</summary>
internal sealed class VaultSession(VaultLogin login, Func<VaultRequest, CancellationToken, Task<VaultResponse>> send, VaultFailures failures, TimeProvider clock) : IDisposable
{
    // A token this recent is valid, so the reason for a rejected request is a missing permission. This prevents a new login
    // for each rejected request.
    private static readonly TimeSpan MinRenewalInterval = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim gate = new(1, 1);
    private volatile SensitiveString? token;
    private long renewedAt;

    /// <summary>The current token; null before the first login.</summary>
    public SensitiveString? Current => token;

    /// <summary>Returns the token for a request, and logs in if there is none.</summary>
    /// <exception cref="CredentialException">The login failed.</exception>
    public async ValueTask<SensitiveString> GetAsync(CancellationToken cancellationToken)
    {
        if (token is { } current)
            return current;
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return token ??= await LogInAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Logs in again after Vault rejected a token. Concurrent calls share the result.</summary>
    /// <returns>A new token for a retry; null if a retry cannot succeed.</returns>
    public async Task<SensitiveString?> RenewAsync(SensitiveString refused, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!ReferenceEquals(token, refused))
                return token;
            if (renewedAt != 0 && clock.GetElapsedTime(renewedAt) < MinRenewalInterval)
                return null;
            var renewed = await LogInAsync(cancellationToken).ConfigureAwait(false);
            renewedAt = clock.GetTimestamp();
            if (renewed.Reveal() == refused.Reveal())
                return null;
            return token = renewed;
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    private async Task<SensitiveString> LogInAsync(CancellationToken cancellationToken)
    {
        if (login.GivenToken() is { } given)
            return Checked(given);
        var request = login.CreateRequest();
        var response = await send(request, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccess)
            throw failures.FromLogin(login.ToString(), request, response);
        return response.Auth.Text("client_token") is { Length: > 0 } text
            ? Checked(new SensitiveString(text))
            : throw failures.Unexpected(request, "the response has no client_token");
    }

    /// <summary>Validates a token. Otherwise, the error of the HTTP client would quote a token that is not a valid header value.</summary>
    private static SensitiveString Checked(SensitiveString candidate)
    {
        var text = candidate.Reveal().Trim();
        return text.Length > 0 && text.All(character => character is > ' ' and < '\x7f')
            ? new SensitiveString(text)
            : throw new CredentialException(CredentialFailure.Refused, "The Vault token is empty or has characters that are not valid in a token.");
    }
}
