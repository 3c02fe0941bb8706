using KubeInject.Credentials;
using KubeInject.Kubernetes.Connection;

namespace KubeInject.Leases;

public sealed partial class CredentialSource
{
    /// <summary>Creates a source of an issuer and a lease store.</summary>
    /// <param name="issuer">Issues, renews and revokes credentials.</param>
    /// <param name="leases">Stores the records.</param>
    /// <param name="connection">The cluster with the Secrets that deliver credentials; null if no Secret is used.</param>
    /// <returns>The source.</returns>
    public static CredentialSource Create(ICredentialIssuer issuer, ILeaseStore leases, KubeConnection? connection = null)
    {
        ArgumentNullException.ThrowIfNull(issuer);
        ArgumentNullException.ThrowIfNull(leases);
        return new CredentialSource(issuer, leases, connection?.Objects);
    }
}
