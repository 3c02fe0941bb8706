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
internal sealed class VaultIssuer(VaultClient vault, VaultIssuerOptions? options = null, KubeObjectClient? cluster = null) : ICredentialIssuer
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
    public async Task<CredentialHandle> PrepareAsync(CredentialRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        _ = CredentialsPath(request.Mount, request.Role);
        if (!options.UsePodIdentity)
            await new VaultRoleCheck(vault, options.AuthMount).AllowAsync(request, cancellationToken).ConfigureAwait(false);
        var start = vault.Clock.GetUtcNow();
        var (vaultRequest, response) = options.UsePodIdentity
            ? await LogInAsPodAsync(request, cancellationToken).ConfigureAwait(false)
            : await CreateTokenAsync(request, cancellationToken).ConfigureAwait(false);
        var auth = response.Auth;
        if (auth.Text("client_token") is not { Length: > 0 } text)
            throw vault.Failures.Unexpected(vaultRequest, "the response has no client_token");
        var handle = new CredentialHandle(request.Uuid, request.Role, request.Mount)
        {
            Token = new SensitiveString(text),
            TokenExpiresAt = End(start, auth.Int("lease_duration")),
        };

        // If the process is killed before the record is written, the token remains without a record. It has issued no
        // credential, and it expires at the end of its period.
        var unsuitable = auth.Text("token_type") == "batch" ? "batch tokens, which cannot be revoked"
            : auth.Int("num_uses") != 0 ? "tokens with a limited number of uses, which can end before the lease does"
            : null;
        if (unsuitable is null && !cancellationToken.IsCancellationRequested)
            return handle;
        if (auth.Text("token_type") != "batch")
            await RollBackAsync(handle).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        throw new CredentialException(CredentialFailure.Refused, $"The role '{request.Role}' of auth/{options.AuthMount} issues {unsuitable}. Set its token_type to service and its token_num_uses to 0.");
    }

    /// <inheritdoc/>
    public async Task<Credential> IssueAsync(CredentialRequest request, CredentialHandle handle, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(handle);
        var start = vault.Clock.GetUtcNow();
        var vaultRequest = VaultRequest.Get(CredentialsPath(handle.Mount, handle.Role)) with { Token = handle.Token, IsRepeatable = false };
        var response = await vault.SendAndEnsureSuccessAsync(vaultRequest, cancellationToken).ConfigureAwait(false);
        var leaseId = response.Body.Text("lease_id") is { Length: > 0 } id ? id : null;
        if (cancellationToken.IsCancellationRequested)
        {
            await RollBackAsync(handle with { LeaseId = leaseId }).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }

        if (leaseId is null)
            throw vault.Failures.Unexpected(vaultRequest, "the response has no lease_id, so the credential could not be revoked; static roles are not supported");
        if (response.Data.Text("username") is not { Length: > 0 } username || response.Data.Text("password") is not { Length: > 0 } password)
            throw vault.Failures.Unexpected(vaultRequest, "the response has no username or no password");
        return new Credential(
            username, new SensitiveString(password), leaseId, Earlier(End(start, response.Body.Int("lease_duration")), handle.TokenExpiresAt), response.Body.IsTrue("renewable"));
    }

    /// <inheritdoc/>
    public async Task<DateTimeOffset?> RenewAsync(CredentialHandle handle, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(handle);
        if (handle.Token is null && handle.LeaseId is null)
            throw new CredentialException(CredentialFailure.LeaseEnded, $"The record of the lease {handle.Uuid} has neither a token nor a Vault lease, so it cannot be renewed. Issue a new credential.");
        var start = vault.Clock.GetUtcNow();
        DateTimeOffset? tokenEnd = null, leaseEnd = null;

        // Renew the token first, because the lease expires with it.
        if (handle.Token is { } token)
        {
            var response = await RenewAsync(VaultRequest.Post("auth/token/renew", new JsonObject { ["token"] = token.Reveal() }, token), handle, cancellationToken).ConfigureAwait(false);
            tokenEnd = End(start, response.Auth.Int("lease_duration"));
        }

        if (handle.LeaseId is { } lease)
        {
            var response = await RenewAsync(VaultRequest.Post("sys/leases/renew", new JsonObject { ["lease_id"] = lease }), handle, cancellationToken).ConfigureAwait(false);
            leaseEnd = End(start, response.Body.Int("lease_duration"));
        }

        return Earlier(tokenEnd, leaseEnd);
    }

    /// <inheritdoc/>
    public Task RevokeAsync(CredentialHandle handle, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(handle);
        return revocation.RevokeAsync(handle, cancellationToken);
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

    private async Task<(VaultRequest Request, VaultResponse Response)> CreateTokenAsync(CredentialRequest request, CancellationToken cancellationToken)
    {
        var wanted = new JsonObject
        {
            ["policies"] = new JsonArray(request.Role),
            ["period"] = string.Create(CultureInfo.InvariantCulture, $"{(long)options.TokenPeriod.TotalSeconds}s"),
            ["no_default_policy"] = true,
            ["renewable"] = true,
            ["display_name"] = "kubeinject",

            // Identifies the lease in the audit log of Vault.
            ["meta"] = new JsonObject { ["uuid"] = request.Uuid.ToString(), ["owner"] = request.Owner.ToString() },
        };

        // A token with a period requires sudo.
        var vaultRequest = VaultRequest.Post("auth/token/create-orphan", wanted) with { IsRepeatable = false, Grant = "update and sudo" };
        return (vaultRequest, await vault.SendAndEnsureSuccessAsync(vaultRequest, cancellationToken).ConfigureAwait(false));
    }

    private async Task<(VaultRequest Request, VaultResponse Response)> LogInAsPodAsync(CredentialRequest request, CancellationToken cancellationToken)
    {
        var wanted = new ServiceAccountTokenOptions { Audiences = [options.Audience], ExpirationSeconds = PodTokenSeconds };
        var podToken = await cluster!.CreateTokenAsync(request.ServiceAccountName, request.Owner.Namespace, wanted, cancellationToken).ConfigureAwait(false);
        var vaultRequest = VaultRequest.KubernetesLogin(options.AuthMount, request.Role, podToken.Token) with { IsRepeatable = false };
        var response = await vault.SendAsync(vaultRequest, cancellationToken).ConfigureAwait(false);
        return response.IsSuccess
            ? (vaultRequest, response)
            : throw vault.Failures.FromLogin($"the ServiceAccount {request.Owner.Namespace}/{request.ServiceAccountName} and the role '{request.Role}' of auth/{options.AuthMount}", vaultRequest, response);
    }

    private async Task<VaultResponse> RenewAsync(VaultRequest vaultRequest, CredentialHandle handle, CancellationToken cancellationToken)
    {
        var response = await vault.SendAsync(vaultRequest, cancellationToken).ConfigureAwait(false);
        if (response.IsSuccess)
            return response;
        var failure = vault.Failure(vaultRequest, response);
        throw !VaultFailures.IsEnded(response) ? failure : new CredentialException(
            CredentialFailure.LeaseEnded, $"The lease {handle.LeaseId ?? handle.Uuid.ToString()} has ended and cannot be renewed. {failure.Message} Issue a new credential.");
    }

    /// <summary>Revokes what was created after a cancellation, so it must not use the canceled token.</summary>
    private async Task RollBackAsync(CredentialHandle handle)
    {
        using var limit = new CancellationTokenSource(vault.Settings.Timeout, vault.Clock);
        await revocation.RevokeAsync(handle, limit.Token).ConfigureAwait(false);
    }

    /// <summary>Returns the expiration time; null for zero seconds, which mean that it does not expire.</summary>
    private static DateTimeOffset? End(DateTimeOffset start, int seconds) => seconds > 0 ? start.AddSeconds(seconds) : null;

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other ?? one : one;
}
