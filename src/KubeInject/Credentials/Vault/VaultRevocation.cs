using System.Text.Json.Nodes;

namespace KubeInject.Credentials.Vault;

/// <summary>Revokes the token of a lease and everything that was issued with it, and waits until nothing is left.</summary>
internal sealed class VaultRevocation(VaultClient vault)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Revokes the lease, if it is known, and waits until the database user is removed. Then revokes the token, and with it a
    /// lease that is not known. If the policy permits only revoking the token, Vault revokes the lease asynchronously, so this
    /// method waits for that.
    /// </summary>
    /// <exception cref="CredentialException">The lease or the token might still exist.</exception>
    public async Task RevokeAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        var refusal = lease.LeaseId is { } leaseId ? await RevokeLeaseAsync(leaseId, cancellationToken).ConfigureAwait(false) : null;
        if (lease.Token is { } token)
            await RevokeTokenAsync(token, cancellationToken).ConfigureAwait(false);
        else if (refusal is not null)
            throw refusal;
        if (refusal is not null)
            await WaitForEndAsync(lease.LeaseId!, cancellationToken).ConfigureAwait(false);
    }

    /// <returns>The error if the revocation is not permitted; null on success.</returns>
    private async Task<CredentialException?> RevokeLeaseAsync(string lease, CancellationToken cancellationToken)
    {
        var request = VaultRequest.Post("sys/leases/revoke", new JsonObject { ["lease_id"] = lease, ["sync"] = true });
        var response = await vault.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.IsSuccess || IsGone(response))
            return null;
        var failure = vault.Failure(request, response);
        if (response.HasError("could not find role"))
            throw new CredentialException(CredentialFailure.Refused, $"Vault cannot revoke the lease {lease} because its role was deleted. Create the role again, or remove the database user and run 'vault lease revoke -force -prefix {lease}'. {failure.Message}");
        return response.StatusCode == 403 ? failure : throw failure;
    }

    private async Task RevokeTokenAsync(SensitiveString token, CancellationToken cancellationToken)
    {
        // This request also succeeds if the token no longer exists.
        var request = VaultRequest.Post("auth/token/revoke", new JsonObject { ["token"] = token.Reveal() }, token);
        var response = await vault.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.IsSuccess)
            return;
        if (response.StatusCode != 403)
            throw vault.Failure(request, response);

        // The policy of an injector usually grants only this path. It is sufficient because the token has no child tokens.
        var orphanRequest = VaultRequest.Post("auth/token/revoke-orphan", new JsonObject { ["token"] = token.Reveal() }, token);
        var orphanResponse = await vault.SendAsync(orphanRequest, cancellationToken).ConfigureAwait(false);
        if (!orphanResponse.IsSuccess && !(orphanResponse.StatusCode == 400 && orphanResponse.HasError("token to revoke not found")))
            throw orphanResponse.StatusCode == 403 ? vault.Failure(request, response) : vault.Failure(orphanRequest, orphanResponse);
    }

    private async Task WaitForEndAsync(string lease, CancellationToken cancellationToken)
    {
        var request = VaultRequest.Post("sys/leases/lookup", new JsonObject { ["lease_id"] = lease });
        var start = vault.Clock.GetTimestamp();
        for (var delay = FirstDelay; ; delay = delay * 2 < MaxDelay ? delay * 2 : MaxDelay)
        {
            var response = await vault.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (IsGone(response))
                return;
            if (!response.IsSuccess)
                throw vault.Failure(request, response);
            if (vault.Clock.GetElapsedTime(start) >= vault.Settings.Timeout)
                throw new CredentialException(CredentialFailure.Unavailable, $"Vault has revoked the token of the lease {lease} but not yet the lease itself. Check in Vault's log whether it can reach the database.");
            await Task.Delay(delay, vault.Clock, cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool IsGone(VaultResponse response) => response.StatusCode is 400 or 404 && response.HasError("invalid lease", "lease not found");
}
