namespace KubeInject.Leases;

/// <summary>A lease that a sweep could not renew or revoke.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Action">What was to be done.</param>
/// <param name="HasEnded">Whether the credential has ended while its owner lives: only new ones help. Otherwise the next sweep tries again.</param>
/// <param name="Error">Why, in one line.</param>
public sealed record LeaseFailure(CredentialLease Lease, LeaseAction Action, bool HasEnded, Exception Error)
{
    /// <summary>The failure in one line.</summary>
    /// <returns>For example <c>Renew 6f1b… (orders-rw for shop/pod/orders): Vault is sealed.</c></returns>
    public override string ToString() => $"{Action} {Lease}: {Error.Message}";
}
