using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;
using KubeInject.Kubernetes.Connection;

namespace KubeInject.Cmdlets.Connections;

/// <summary>Gets the certificate authorities that a connection trusts for the server's certificate.</summary>
[Cmdlet(VerbsCommon.Get, "KubeCertificateAuthority")]
[OutputType(typeof(X509Certificate2))]
public sealed class GetKubeCertificateAuthorityCommand : ConnectedCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var connection = RequireConnection();
        if (!connection.ChecksCertificate)
            WriteWarning($"The certificate of {connection.Server} is not checked, so the connection trusts certificates from any certificate authority.");
        WriteObject(TrustedCertificates.Of(connection.GetSettings()), enumerateCollection: true);
    }
}
