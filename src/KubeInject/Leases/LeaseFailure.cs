namespace KubeInject.Leases;

/// <summary>A lease that a sweep could not renew or revoke.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Action">The action that failed.</param>
/// <param name="HasEnded">Whether the credential can no longer be renewed although its owner exists, so new credentials are required. Otherwise, the next sweep tries again.</param>
/// <param name="Error">The error, whose message has one line.</param>
public sealed record LeaseFailure(CredentialLease Lease, LeaseAction Action, bool HasEnded, Exception Error)
{
    /// <summary>Describes the failure in one line.</summary>
    /// <returns>For example <c>Renew 6f1b… (orders-rw for shop/pod/orders): Vault is sealed.</c></returns>
    public override string ToString() => $"{Action} {Lease}: {Error.Message}";
}
