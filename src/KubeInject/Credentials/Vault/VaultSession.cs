using KubeInject.Http;

namespace KubeInject.Credentials.Vault;

/// <summary>The own login: made once, shared by all requests, and made anew where its token is not accepted any more.</summary>
internal sealed class VaultSession(VaultLogin login, Func<VaultRequest, CancellationToken, Task<VaultResponse>> send, VaultFailures failures, TimeProvider clock) : IDisposable
{
    // A token that was got this recently is good: what is refused with it is for want of a policy, and a thousand
    // requests that are refused make one login, not a thousand.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim gate = new(1, 1);
    private volatile SensitiveString? token;
    private long renewedAt;

    /// <summary>The token that requests are made with; null before the first login.</summary>
    public SensitiveString? Current => token;

    /// <summary>The token to make a request with.</summary>
    /// <exception cref="CredentialException">Vault does not let us in.</exception>
    public async ValueTask<SensitiveString> GetAsync(CancellationToken cancellationToken)
    {
        if (token is { } current)
            return current;
        await gate.WaitAsync(cancellationToken);
        try
        {
            return token ??= await LogInAsync(cancellationToken);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Logs in again after a token was not accepted; whoever comes meanwhile shares the result.</summary>
    /// <returns>A token with which it is worth asking once more; null where the refusal stands.</returns>
    public async Task<SensitiveString?> RenewAsync(SensitiveString refused, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            if (!ReferenceEquals(token, refused))
                return token;
            if (renewedAt != 0 && clock.GetElapsedTime(renewedAt) < Fresh)
                return null;
            var renewed = await LogInAsync(cancellationToken);
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
        var response = await send(request, cancellationToken);
        if (!response.IsSuccess)
            throw failures.FromLogin(login.ToString(), request, response);
        return response.Auth.Text("client_token") is { Length: > 0 } text
            ? Checked(new SensitiveString(text))
            : throw failures.Unexpected(request, "the response has no client_token");
    }

    /// <summary>What is no header would be quoted by the platform's own error.</summary>
    private static SensitiveString Checked(SensitiveString given)
    {
        var text = given.Reveal().Trim();
        return text.Length > 0 && text.All(character => character is > ' ' and < '\x7f')
            ? new SensitiveString(text)
            : throw new CredentialException(CredentialFailure.Refused, "The Vault token is empty or has characters that are not valid in a token.");
    }
}
