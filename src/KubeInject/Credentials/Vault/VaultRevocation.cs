using System.Text.Json.Nodes;

namespace KubeInject.Credentials.Vault;

/// <summary>Revokes the token of a lease and all that was issued with it, and knows when nothing is left.</summary>
internal sealed class VaultRevocation(VaultClient vault)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Revokes the lease where it is known, and its answer says that the database has forgotten the username; then the
    /// token, and with it a lease that is not known. Where only the token may be revoked, that takes the lease along a
    /// moment later, which is waited for.
    /// </summary>
    /// <exception cref="CredentialException">It is not certain that all of it is gone.</exception>
    public async Task RevokeAsync(CredentialHandle handle, CancellationToken cancellationToken)
    {
        var refusal = handle.LeaseId is { } lease ? await RevokeLeaseAsync(lease, cancellationToken).ConfigureAwait(false) : null;
        if (handle.Token is { } token)
            await RevokeTokenAsync(token, cancellationToken).ConfigureAwait(false);
        else if (refusal is not null)
            throw refusal;
        if (refusal is not null)
            await WaitForEndAsync(handle.LeaseId!, cancellationToken).ConfigureAwait(false);
    }

    /// <returns>Why it is not allowed; null where it is done.</returns>
    private async Task<CredentialException?> RevokeLeaseAsync(string lease, CancellationToken cancellationToken)
    {
        var request = VaultRequest.Post("sys/leases/revoke", new JsonObject { ["lease_id"] = lease, ["sync"] = true });
        var response = await vault.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.IsSuccess || IsGone(response))
            return null;
        var failure = vault.Failure(request, response);
        return response.StatusCode == 403 ? failure : throw failure;
    }

    private async Task RevokeTokenAsync(SensitiveString token, CancellationToken cancellationToken)
    {
        // Done as well where there is no such token any more.
        var request = VaultRequest.Post("auth/token/revoke", new JsonObject { ["token"] = token.Reveal() }, token);
        var response = await vault.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.IsSuccess)
            return;
        if (response.StatusCode != 403)
            throw vault.Failure(request, response);

        // What an injector in the cluster is usually allowed, and enough: the token has no children.
        var other = VaultRequest.Post("auth/token/revoke-orphan", new JsonObject { ["token"] = token.Reveal() }, token);
        var answer = await vault.SendAsync(other, cancellationToken).ConfigureAwait(false);
        if (!answer.IsSuccess && !(answer.StatusCode == 400 && answer.Says("token to revoke not found")))
            throw answer.StatusCode == 403 ? vault.Failure(request, response) : vault.Failure(other, answer);
    }

    private async Task WaitForEndAsync(string lease, CancellationToken cancellationToken)
    {
        var request = VaultRequest.Post("sys/leases/lookup", new JsonObject { ["lease_id"] = lease });
        var start = vault.Clock.GetTimestamp();
        for (var wait = FirstWait; ; wait = wait * 2 < LongestWait ? wait * 2 : LongestWait)
        {
            var response = await vault.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (IsGone(response))
                return;
            if (!response.IsSuccess)
                throw vault.Failure(request, response);
            if (vault.Clock.GetElapsedTime(start) >= vault.Settings.Timeout)
                throw new CredentialException(CredentialFailure.Unavailable, $"Vault has revoked the token of the lease {lease} but not yet the lease itself. Check in Vault's log whether it can reach the database.");
            await Task.Delay(wait, vault.Clock, cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool IsGone(VaultResponse response) => response.StatusCode is 400 or 404 && response.Says("invalid lease", "lease not found");
}
