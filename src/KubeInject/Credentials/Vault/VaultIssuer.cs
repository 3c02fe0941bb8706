using System.Globalization;
using System.Text.Json.Nodes;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;

namespace KubeInject.Credentials.Vault;

/// <summary>
/// Issues credentials from the database secrets engine of HashiCorp Vault or OpenBao. Each lease has a separate token, which
/// is created before the credential. Revoking the token also revokes the credential.
/// </summary>
/// <remarks>
/// docs/vault.md lists the permissions that the login requires. The requests follow https://developer.hashicorp.com/vault/api-docs:
/// auth/kubernetes, auth/token, secret/databases and system/leases.
/// </remarks>
/// <param name="vault">The client of the server. The caller disposes of it.</param>
/// <param name="options">The options; default: issue with the login of KubeInject.</param>
/// <param name="cluster">The cluster that issues tokens of the pods' ServiceAccounts; required only with <see cref="VaultIssuerOptions.UsePodIdentity"/>.</param>
internal sealed class VaultIssuer(VaultClient vault, VaultIssuerOptions? options = null, KubeObjectClient? cluster = null) : ICredentialIssuer, IRoleLister
{
    internal const string SourceName = "vault";

    // The minimum of the API server.
    private const long PodTokenSeconds = 600;

    private readonly VaultIssuerOptions options = Checked(options ?? new VaultIssuerOptions(), cluster);
    private readonly VaultRevocation revocation = new(vault);

    /// <inheritdoc/>
    public string Name => SourceName;

    /// <summary>The client of the server.</summary>
    internal VaultClient Client => vault;

    /// <summary>The options.</summary>
    internal VaultIssuerOptions Options => options;

    /// <inheritdoc/>
    public string? Location => vault.Settings.Namespace is { Length: > 0 } name ? $"{vault.Settings.Address}, namespace {name}" : $"{vault.Settings.Address}";

    /// <inheritdoc/>
    public string? User => options.UsePodIdentity ? $"the ServiceAccount of each pod (auth/{options.AuthMount})" : $"{vault.Login}";

    /// <inheritdoc/>
    public string? Notice
    {
        get
        {
            var address = vault.Settings.Address;
            return address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback ? $"The connection to {address} is not encrypted and exposes tokens and credentials: use an https address."
                : vault.Settings.SkipCertificateCheck ? $"The certificate of {address} is not verified, so anyone who intercepts the connection can read tokens and credentials."
                : null;
        }
    }

    /// <inheritdoc/>
    public async Task<LeaseRecord> PrepareAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        _ = CredentialsPath(lease.Mount, lease.Role);
        if (!options.UsePodIdentity)
            await new VaultRoleCheck(vault, options.AuthMount).AllowAsync(lease, cancellationToken).ConfigureAwait(false);
        var start = vault.Clock.GetUtcNow();
        var (vaultRequest, response) = options.UsePodIdentity
            ? await LogInAsPodAsync(lease, cancellationToken).ConfigureAwait(false)
            : await CreateTokenAsync(lease, cancellationToken).ConfigureAwait(false);
        var auth = response.Auth;
        if (auth.Text("client_token") is not { Length: > 0 } text)
            throw vault.Failures.Unexpected(vaultRequest, "the response has no client_token");
        var prepared = lease with { Token = new SensitiveString(text), ExpiresAt = End(start, auth.Int("lease_duration")) };

        // If the process is killed before the record is written, the token remains without a record. It has issued no
        // credential, and it expires at the end of its period.
        var unsuitable = auth.Text("token_type") == "batch" ? "batch tokens, which cannot be revoked"
            : auth.Int("num_uses") != 0 ? "tokens with a limited number of uses, which can end before the lease does"
            : null;
        if (unsuitable is null && !cancellationToken.IsCancellationRequested)
            return prepared;
        if (auth.Text("token_type") != "batch")
            await RollBackAsync(prepared).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        throw new CredentialException(CredentialFailure.Refused, $"The role '{lease.Role}' of auth/{options.AuthMount} issues {unsuitable}. Set its token_type to service and its token_num_uses to 0.");
    }

    /// <inheritdoc/>
    public async Task<Credential> IssueAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        var start = vault.Clock.GetUtcNow();
        var vaultRequest = VaultRequest.Get(CredentialsPath(lease.Mount, lease.Role)) with { Token = lease.Token, IsRepeatable = false };
        var response = await vault.SendAsync(vaultRequest, cancellationToken).ConfigureAwait(false);
        if (response.HasError("unknown role"))
            throw await UnknownRoleAsync(lease, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccess)
            throw vault.Failure(vaultRequest, response);
        var vaultLeaseId = response.Body.Text("lease_id") is { Length: > 0 } id ? id : null;
        if (cancellationToken.IsCancellationRequested)
        {
            await RollBackAsync(lease with { LeaseId = vaultLeaseId }).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }

        if (vaultLeaseId is null)
            throw vault.Failures.Unexpected(vaultRequest, "the response has no lease_id, so the credential could not be revoked; static roles are not supported");
        if (response.Data.Text("username") is not { Length: > 0 } username || response.Data.Text("password") is not { Length: > 0 } password)
            throw vault.Failures.Unexpected(vaultRequest, "the response has no username or no password");
        return new Credential(
            username, new SensitiveString(password), vaultLeaseId, Earlier(End(start, response.Body.Int("lease_duration")), lease.ExpiresAt), response.Body.IsTrue("renewable"));
    }

    /// <inheritdoc/>
    public async Task<DateTimeOffset?> RenewAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        if (lease.Token is null && lease.LeaseId is null)
            throw new CredentialException(CredentialFailure.LeaseEnded, $"The record of the lease {lease.Uuid} has neither a token nor a Vault lease, so it cannot be renewed. Issue a new credential.");
        var start = vault.Clock.GetUtcNow();
        DateTimeOffset? tokenEnd = null, leaseEnd = null;

        // Renew the token first, because the lease expires with it.
        if (lease.Token is { } token)
        {
            var response = await RenewAsync(VaultRequest.Post("auth/token/renew", new JsonObject { ["token"] = token.Reveal() }, token), lease, cancellationToken).ConfigureAwait(false);
            tokenEnd = End(start, response.Auth.Int("lease_duration"));
        }

        if (lease.LeaseId is { } leaseId)
        {
            var response = await RenewAsync(VaultRequest.Post("sys/leases/renew", new JsonObject { ["lease_id"] = leaseId }), lease, cancellationToken).ConfigureAwait(false);
            leaseEnd = End(start, response.Body.Int("lease_duration"));
        }

        return Earlier(tokenEnd, leaseEnd);
    }

    /// <inheritdoc/>
    public Task RevokeAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        return revocation.RevokeAsync(lease, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ListRolesAsync(string mount, CancellationToken cancellationToken)
    {
        var request = VaultRequest.List($"{VaultRequest.Escape(mount)}/roles");
        var response = await vault.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return response.IsNotFound ? []
            : response.IsSuccess ? [.. response.Data.Get("keys").Items().Select(key => key.Text()).OfType<string>().Order(StringComparer.Ordinal)]
            : throw vault.Failure(request, response);
    }

    /// <exception cref="CredentialException">The mount path or the role name is invalid.</exception>
    private static string CredentialsPath(string mount, string role) => $"{VaultRequest.Escape(mount)}/creds/{VaultRequest.EscapeName(role)}";

    private static VaultIssuerOptions Checked(VaultIssuerOptions options, KubeObjectClient? cluster)
    {
        if (options.TokenPeriod < TimeSpan.FromMinutes(1))
            throw new ArgumentException("The token period must be at least one minute.");
        if (options.UsePodIdentity && string.IsNullOrWhiteSpace(options.Audience))
            throw new ArgumentException("The audience of the pods' tokens must not be empty.");
        if (options.UsePodIdentity && cluster is null)
            throw new ArgumentException("The cluster issues the pods' tokens. Connect to it first.");
        return options;
    }

    /// <summary>Creates the error for a role that the database secrets engine does not have, or has only as a static role.</summary>
    private async Task<CredentialException> UnknownRoleAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        var request = VaultRequest.Get($"{VaultRequest.Escape(lease.Mount)}/static-roles/{VaultRequest.EscapeName(lease.Role)}");
        var isStatic = (await vault.SendAsync(request, cancellationToken).ConfigureAwait(false)).IsSuccess;
        return new CredentialException(CredentialFailure.Refused, isStatic
            ? $"The role '{lease.Role}' of the database secrets engine '{lease.Mount.Trim('/')}' is a static role, whose password all pods would share and which cannot be revoked. Create a dynamic role ({lease.Mount.Trim('/')}/roles/…), and specify it in the annotation."
            : $"The database secrets engine '{lease.Mount.Trim('/')}' has no role '{lease.Role}'. Create it, or correct the role in the pod's annotations.");
    }

    private async Task<(VaultRequest Request, VaultResponse Response)> CreateTokenAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        var wanted = new JsonObject
        {
            ["policies"] = new JsonArray(lease.Role),
            ["period"] = string.Create(CultureInfo.InvariantCulture, $"{(long)options.TokenPeriod.TotalSeconds}s"),
            ["no_default_policy"] = true,
            ["renewable"] = true,
            ["display_name"] = "kubeinject",

            // Identifies the lease in the audit log of Vault.
            ["meta"] = new JsonObject { ["uuid"] = lease.Uuid.ToString(), ["owner"] = lease.Owner.ToString() },
        };

        // A token with a period requires sudo.
        var vaultRequest = VaultRequest.Post("auth/token/create-orphan", wanted) with { IsRepeatable = false, Grant = "update and sudo" };
        return (vaultRequest, await vault.SendAndEnsureSuccessAsync(vaultRequest, cancellationToken).ConfigureAwait(false));
    }

    private async Task<(VaultRequest Request, VaultResponse Response)> LogInAsPodAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        var wanted = new ServiceAccountTokenOptions { Audiences = [options.Audience], ExpirationSeconds = PodTokenSeconds };
        var podToken = await cluster!.CreateTokenAsync(lease.ServiceAccountName, lease.Owner.Namespace, wanted, cancellationToken).ConfigureAwait(false);
        var vaultRequest = VaultRequest.KubernetesLogin(options.AuthMount, lease.Role, podToken.Token) with { IsRepeatable = false };
        var response = await vault.SendAsync(vaultRequest, cancellationToken).ConfigureAwait(false);
        return response.IsSuccess
            ? (vaultRequest, response)
            : throw vault.Failures.FromLogin($"the ServiceAccount {lease.Owner.Namespace}/{lease.ServiceAccountName} and the role '{lease.Role}' of auth/{options.AuthMount}", vaultRequest, response);
    }

    private async Task<VaultResponse> RenewAsync(VaultRequest vaultRequest, LeaseRecord lease, CancellationToken cancellationToken)
    {
        var response = await vault.SendAsync(vaultRequest, cancellationToken).ConfigureAwait(false);
        if (response.IsSuccess)
            return response;
        var failure = vault.Failure(vaultRequest, response);
        throw !VaultFailures.IsEnded(response) ? failure : new CredentialException(
            CredentialFailure.LeaseEnded, $"The lease {lease.LeaseId ?? lease.Uuid.ToString()} has ended and cannot be renewed. {failure.Message} Issue a new credential.");
    }

    /// <summary>Revokes what was created after a cancellation, so it must not use the canceled token.</summary>
    private async Task RollBackAsync(LeaseRecord lease)
    {
        using var limit = new CancellationTokenSource(vault.Settings.Timeout, vault.Clock);
        await revocation.RevokeAsync(lease, limit.Token).ConfigureAwait(false);
    }

    /// <summary>Returns the expiration time; null for zero seconds, which mean that it does not expire.</summary>
    private static DateTimeOffset? End(DateTimeOffset start, int seconds) => seconds > 0 ? start.AddSeconds(seconds) : null;

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other ?? one : one;
}
