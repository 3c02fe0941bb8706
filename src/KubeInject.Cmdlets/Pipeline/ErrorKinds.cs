using System.Management.Automation;
using KubeInject.Credentials;
using KubeInject.Injection.Workloads;
using KubeInject.Kubernetes.Errors;
using KubeInject.Leases;
using KubeInject.Secrets;

namespace KubeInject.Cmdlets.Pipeline;

/// <summary>Every kind of failure that the module reports. docs/errors.md says of each what it means, and has the same words of what to do.</summary>
internal static class ErrorKinds
{
    // The cluster answers with an error.
    public static readonly ErrorKind KubeApiBadRequest = new("KubeApiBadRequest", ErrorCategory.InvalidArgument, "Correct what the message names; a selector has to be in Kubernetes' words: 'app=orders,tier in (web,api)'.");
    public static readonly ErrorKind KubeApiUnauthorized = new("KubeApiUnauthorized", ErrorCategory.AuthenticationError, "Run Connect-KubeCluster again with a credential that the server accepts.");
    public static readonly ErrorKind KubeApiForbidden = new("KubeApiForbidden", ErrorCategory.PermissionDenied, "Have the right that the message names given to the user, or connect as another: 'kubectl auth can-i --list' shows what there is.");
    public static readonly ErrorKind KubeApiNotFound = new("KubeApiNotFound", ErrorCategory.ObjectNotFound, "Check name, -Namespace and connection; Get-KubePod -AllNamespaces and Get-KubeConnection show them.");
    public static readonly ErrorKind KubeApiAlreadyExists = new("KubeApiAlreadyExists", ErrorCategory.ResourceExists, "Take another name, or delete what is there first.");
    public static readonly ErrorKind KubeApiConflict = new("KubeApiConflict", ErrorCategory.ResourceExists, "Run the command again: somebody else has changed the object meanwhile.");
    public static readonly ErrorKind KubeApiGone = new("KubeApiGone", ErrorCategory.InvalidResult, "Run the command again: the server has forgotten how far it had come.");
    public static readonly ErrorKind KubeApiExpired = new("KubeApiExpired", ErrorCategory.InvalidResult, "Run the command again: the server has forgotten how far it had come.");
    public static readonly ErrorKind KubeApiInvalid = new("KubeApiInvalid", ErrorCategory.InvalidArgument, "Correct the fields that the message names.");
    public static readonly ErrorKind KubeApiTooManyRequests = new("KubeApiTooManyRequests", ErrorCategory.LimitsExceeded, "Wait, and run the command again; the server has more to do than it can.");
    public static readonly ErrorKind KubeApiInternalError = new("KubeApiInternalError", ErrorCategory.InvalidResult, "Look at the message and the API server's log: a webhook that cannot be called shows so, too.");
    public static readonly ErrorKind KubeApiServerTimeout = new("KubeApiServerTimeout", ErrorCategory.InvalidResult, "Wait, and run the command again.");
    public static readonly ErrorKind KubeApiServiceUnavailable = new("KubeApiServiceUnavailable", ErrorCategory.InvalidResult, "Wait, and run the command again; 'kubectl get --raw /readyz?verbose' shows what the server lacks.");
    public static readonly ErrorKind KubeApiTimeout = new("KubeApiTimeout", ErrorCategory.OperationTimeout, "Wait, and run the command again.");
    public static readonly ErrorKind KubeApiUnknown = new("KubeApiUnknown", ErrorCategory.InvalidResult, "Look at the message, and at Reason and StatusCode of the exception.");

    // There is no way to the cluster.
    public static readonly ErrorKind NotConnected = new("NotConnected", ErrorCategory.ConnectionError, "Run Connect-KubeCluster, or give a connection with -Connection; Get-KubeContext lists the contexts there are.");
    public static readonly ErrorKind ConnectionEnded = new("ConnectionEnded", ErrorCategory.ConnectionError, "Run Connect-KubeCluster again: Disconnect-KubeCluster has ended this connection.");
    public static readonly ErrorKind KubeContextNotFound = new("KubeContextNotFound", ErrorCategory.ObjectNotFound, "Run Get-KubeContext for the contexts that the kubeconfig has.");
    public static readonly ErrorKind KubeConfiguration = new("KubeConfiguration", ErrorCategory.InvalidArgument, "Correct the setting that the message names: in the kubeconfig, the environment or the parameters.");
    public static readonly ErrorKind KubeConnectionNameNotResolved = new("KubeConnectionNameNotResolved", ErrorCategory.ConnectionError, "Check the server's name in the kubeconfig, and that this machine's DNS knows it (is a VPN needed?).");
    public static readonly ErrorKind KubeConnectionUnreachable = new("KubeConnectionUnreachable", ErrorCategory.ConnectionError, "Check address and port, and that the cluster runs and the network leads there.");
    public static readonly ErrorKind KubeConnectionTimeout = new("KubeConnectionTimeout", ErrorCategory.OperationTimeout, "Check the network (firewall, VPN, proxy), or allow more time with Connect-KubeCluster -TimeoutSec.");
    public static readonly ErrorKind KubeConnectionUntrustedCertificate = new("KubeConnectionUntrustedCertificate", ErrorCategory.SecurityError, "Give the cluster's certificate authority: certificate-authority in the kubeconfig, or -CertificateAuthority.");
    public static readonly ErrorKind KubeConnectionWrongHostName = new("KubeConnectionWrongHostName", ErrorCategory.SecurityError, "Connect by a name that the certificate has, or name it with -TlsServerName.");
    public static readonly ErrorKind KubeConnectionExpiredCertificate = new("KubeConnectionExpiredCertificate", ErrorCategory.SecurityError, "Check this machine's clock; if it is right, the server's certificate has to be renewed.");
    public static readonly ErrorKind KubeConnectionTlsFailed = new("KubeConnectionTlsFailed", ErrorCategory.SecurityError, "Check that the port speaks TLS, and whether the server wants a client certificate.");
    public static readonly ErrorKind KubeConnectionProxyFailed = new("KubeConnectionProxyFailed", ErrorCategory.ConnectionError, "Check -ProxyUri, proxy-url in the kubeconfig, or HTTPS_PROXY; NO_PROXY leads past it.");
    public static readonly ErrorKind KubeConnectionExecPluginFailed = new("KubeConnectionExecPluginFailed", ErrorCategory.ConnectionError, "Run the plugin that the message names by hand: it may have to be installed, or to log in anew.");
    public static readonly ErrorKind KubeConnectionUnauthorized = new("KubeConnectionUnauthorized", ErrorCategory.AuthenticationError, "Run Connect-KubeCluster again with a credential that is valid; Test-KubeConnection says what it knows of this one.");
    public static readonly ErrorKind KubeConnectionNotKubernetes = new("KubeConnectionNotKubernetes", ErrorCategory.ProtocolError, "Check the server's address: something else than an API server answers there, perhaps a proxy's login page.");
    public static readonly ErrorKind KubeConnectionUnavailable = new("KubeConnectionUnavailable", ErrorCategory.ConnectionError, "Wait, and run the command again; the API server, or the gateway in front of it, cannot serve at the moment.");
    public static readonly ErrorKind KubeConnectionLimitExceeded = new("KubeConnectionLimitExceeded", ErrorCategory.LimitsExceeded, "List fewer objects at a time, with a namespace or a selector, and check which server answers at this address.");

    // What a command was given.
    public static readonly ErrorKind CredentialSourceMissing = new("CredentialSourceMissing", ErrorCategory.InvalidArgument, "Give -CredentialSource; New-CredentialSource makes one, and with -Local one for trying out.");
    public static readonly ErrorKind CredentialSourceInvalid = new("CredentialSourceInvalid", ErrorCategory.InvalidArgument, "Correct the parameter of New-CredentialSource that the message names.");
    public static readonly ErrorKind SeveralOutputs = new("SeveralOutputs", ErrorCategory.InvalidArgument, "Leave all but one of -AsManifest, -OutputDirectory and -InPlace out.");
    public static readonly ErrorKind PassThruAndExplain = new("PassThruAndExplain", ErrorCategory.InvalidArgument, "Leave -PassThru or -Explain out.");
    public static readonly ErrorKind CredentialAsPlainText = new("CredentialAsPlainText", ErrorCategory.InvalidArgument, "Leave -AsCredential or -AsPlainText out.");
    public static readonly ErrorKind DatabaseOrDialect = new("DatabaseOrDialect", ErrorCategory.InvalidArgument, "Give -Database with -Role and the like, or -FromDialect alone.");
    public static readonly ErrorKind TimeTooShort = new("TimeTooShort", ErrorCategory.InvalidArgument, "Give a time such as 00:05:00, or (New-TimeSpan -Minutes 5).");
    public static readonly ErrorKind NameInvalid = new("NameInvalid", ErrorCategory.InvalidArgument, "Names are as kubectl prints them: orders-1, pod/orders-1.");
    public static readonly ErrorKind WorkloadInvalid = new("WorkloadInvalid", ErrorCategory.InvalidArgument, "Name a workload as kubectl does: deployment/orders, sts/orders, ds/agent, cj/cleanup, pod/shell.");
    public static readonly ErrorKind InputNotAManifest = new("InputNotAManifest", ErrorCategory.InvalidType, "Pipe pods, manifests, files, or objects that ConvertFrom-Json has made of 'kubectl get -o json'.");
    public static readonly ErrorKind FindingOfNoFile = new("FindingOfNoFile", ErrorCategory.InvalidArgument, "Pipe the text itself to Repair-PodInjectionAnnotation.");
    public static readonly ErrorKind SecretNotACredential = new("SecretNotACredential", ErrorCategory.InvalidType, "Leave -AsCredential out, and take what you need from Data.");

    public static readonly ErrorKind SecretNothingToSet = new("SecretNothingToSet", ErrorCategory.InvalidArgument, "Give one or more of -Data, -Credential and -Metadata.");
    public static readonly ErrorKind SecretValueInvalid = new("SecretValueInvalid", ErrorCategory.InvalidType, "Give a SecureString, a string, a number or a byte array for each key.");

    // A Secret is not written.
    public static readonly ErrorKind SecretOwned = new("SecretOwned", ErrorCategory.PermissionDenied, "Change it where the message says that it is looked after, or give -Force.");
    public static readonly ErrorKind SecretImmutable = new("SecretImmutable", ErrorCategory.InvalidOperation, "Make another Secret, or remove this one with Remove-KubeSecret first.");
    public static readonly ErrorKind SecretExists = new("SecretExists", ErrorCategory.ResourceExists, "Leave -NoClobber out to change it, or give another name.");
    public static readonly ErrorKind SecretOtherType = new("SecretOtherType", ErrorCategory.InvalidOperation, "Leave -Type out, or remove the Secret with Remove-KubeSecret first.");
    public static readonly ErrorKind SecretInvalidName = new("SecretInvalidName", ErrorCategory.InvalidArgument, "Give a name as Kubernetes takes it; the message says which that are.");
    public static readonly ErrorKind SecretNoKey = new("SecretNoKey", ErrorCategory.ObjectNotFound, "Give one of the keys that the message names; Get-KubeSecret shows them.");
    public static readonly ErrorKind SecretContended = new("SecretContended", ErrorCategory.ResourceExists, "Find out who else writes the Secret, and run the command again.");

    // Files.
    public static readonly ErrorKind PathNotFound = new("PathNotFound", ErrorCategory.ObjectNotFound, "Check the path; it is relative to Get-Location.");
    public static readonly ErrorKind PathAccessDenied = new("PathAccessDenied", ErrorCategory.PermissionDenied, "Have yourself given the right to the file or folder, or take another.");
    public static readonly ErrorKind PathUnusable = new("PathUnusable", ErrorCategory.WriteError, "Check that the file is no folder and not in use, and that there is room.");
    public static readonly ErrorKind NotAFile = new("NotAFile", ErrorCategory.InvalidArgument, "Give the path of one file, such as ./report.html.");
    public static readonly ErrorKind NoClobber = new("NoClobber", ErrorCategory.ResourceExists, "Leave -NoClobber out to replace the file, or give another path.");
    public static readonly ErrorKind FileReadOnly = new("FileReadOnly", ErrorCategory.PermissionDenied, "Give -Force to replace the file all the same, or give another path.");
    public static readonly ErrorKind ManifestInvalid = new("ManifestInvalid", ErrorCategory.ParserError, "Correct the YAML or JSON at the line and column that the message names.");
    public static readonly ErrorKind ManifestFailed = new("ManifestFailed", ErrorCategory.InvalidData, "Correct what the message names; the document was left as it is, and the others were done.");

    // What was to be done could not.
    public static readonly ErrorKind AnnotationFailed = new("AnnotationFailed", ErrorCategory.InvalidData, "Look at Findings and Error of the result; nothing was changed.");
    public static readonly ErrorKind InjectionFailed = new("InjectionFailed", ErrorCategory.InvalidData, "Run Test-PodInjectionAnnotation -Explain on it; nothing was changed, and what was issued is revoked.");
    public static readonly ErrorKind RotationFailed = new("RotationFailed", ErrorCategory.InvalidResult, "Look at Status of the result and 'kubectl rollout status'; then rotate again.");
    public static readonly ErrorKind RolloutProgressDeadlineExceeded = new("RolloutProgressDeadlineExceeded", ErrorCategory.InvalidResult, "Look at the new pods: 'kubectl describe pod' and 'kubectl logs' say why they do not get ready.");
    public static readonly ErrorKind RolloutTimedOut = new("RolloutTimedOut", ErrorCategory.OperationTimeout, "The rollout goes on: follow it with 'kubectl rollout status', or wait longer with -TimeoutSec.");
    public static readonly ErrorKind RolloutDeleted = new("RolloutDeleted", ErrorCategory.InvalidResult, "Find out who deleted the workload; Sync-CredentialLease revokes what was issued for it.");
    public static readonly ErrorKind RolloutNotRolling = new("RolloutNotRolling", ErrorCategory.InvalidResult, "Resume the rollout ('kubectl rollout resume'), or delete the pods one by one where the strategy is OnDelete.");

    // Credentials and their leases.
    public static readonly ErrorKind CredentialRefused = new("CredentialRefused", ErrorCategory.PermissionDenied, "Check role, ServiceAccount and policies; Test-PodInjectionAnnotation -CredentialSource -Explain looks into Vault.");
    public static readonly ErrorKind CredentialUnavailable = new("CredentialUnavailable", ErrorCategory.ResourceUnavailable, "Check that the source can be reached and is not sealed, and run the command again.");
    public static readonly ErrorKind CredentialUnexpectedAnswer = new("CredentialUnexpectedAnswer", ErrorCategory.InvalidResult, "Check the address of the source and its mounts: what answers is not what was expected.");
    public static readonly ErrorKind CredentialLeaseEnded = new("CredentialLeaseEnded", ErrorCategory.InvalidOperation, "Run Invoke-CredentialRotation, which gives the workload new credentials.");
    public static readonly ErrorKind LeaseRecordInvalid = new("LeaseRecordInvalid", ErrorCategory.InvalidData, "Look at the record that the message names; move it away if nobody can tell what it was.");
    public static readonly ErrorKind LeaseNotFound = new("LeaseNotFound", ErrorCategory.ObjectNotFound, "Run Get-CredentialLease for the leases that the source has.");
    public static readonly ErrorKind LeaseNotRenewable = new("LeaseNotRenewable", ErrorCategory.InvalidOperation, "Run Invoke-CredentialRotation, or Sync-CredentialLease where issuing broke off.");
    public static readonly ErrorKind LeaseOwnersNotSeen = new("LeaseOwnersNotSeen", ErrorCategory.PermissionDenied, "Grant the right that the message names; docs/security.md has all that a sweep needs.");
    public static readonly ErrorKind LeaseRenewFailed = new("LeaseRenewFailed", ErrorCategory.NotSpecified, "See to what the message names; the next Sync-CredentialLease tries again.");
    public static readonly ErrorKind LeaseRevokeFailed = new("LeaseRevokeFailed", ErrorCategory.NotSpecified, "See to what the message names; the next Sync-CredentialLease tries again.");
    public static readonly ErrorKind LeaseCleanUpFailed = new("LeaseCleanUpFailed", ErrorCategory.NotSpecified, "See to what the message names; the next Sync-CredentialLease tries again.");
    public static readonly ErrorKind LeaseSweepTimedOut = new("LeaseSweepTimedOut", ErrorCategory.OperationTimeout, "Find out with -Verbose which server is slow, or allow more time with -TimeoutSec; the next sweep goes on from there.");

    // The server's word for an error is an open set: those that Kubernetes itself has are told apart.
    public static ErrorKind OfApi(string reason) => reason switch
    {
        KubeApiReason.BadRequest => KubeApiBadRequest,
        KubeApiReason.Unauthorized => KubeApiUnauthorized,
        KubeApiReason.Forbidden => KubeApiForbidden,
        KubeApiReason.NotFound => KubeApiNotFound,
        KubeApiReason.AlreadyExists => KubeApiAlreadyExists,
        KubeApiReason.Conflict => KubeApiConflict,
        KubeApiReason.Gone => KubeApiGone,
        KubeApiReason.Expired => KubeApiExpired,
        KubeApiReason.Invalid => KubeApiInvalid,
        KubeApiReason.TooManyRequests => KubeApiTooManyRequests,
        KubeApiReason.InternalError => KubeApiInternalError,
        KubeApiReason.ServerTimeout => KubeApiServerTimeout,
        KubeApiReason.ServiceUnavailable => KubeApiServiceUnavailable,
        KubeApiReason.Timeout => KubeApiTimeout,
        _ => KubeApiUnknown,
    };

    public static ErrorKind Of(KubeConnectionFailure reason) => reason switch
    {
        KubeConnectionFailure.NameNotResolved => KubeConnectionNameNotResolved,
        KubeConnectionFailure.Unreachable => KubeConnectionUnreachable,
        KubeConnectionFailure.Timeout => KubeConnectionTimeout,
        KubeConnectionFailure.UntrustedCertificate => KubeConnectionUntrustedCertificate,
        KubeConnectionFailure.WrongHostName => KubeConnectionWrongHostName,
        KubeConnectionFailure.ExpiredCertificate => KubeConnectionExpiredCertificate,
        KubeConnectionFailure.TlsFailed => KubeConnectionTlsFailed,
        KubeConnectionFailure.ProxyFailed => KubeConnectionProxyFailed,
        KubeConnectionFailure.ExecPluginFailed => KubeConnectionExecPluginFailed,
        KubeConnectionFailure.Unauthorized => KubeConnectionUnauthorized,
        KubeConnectionFailure.NotKubernetes => KubeConnectionNotKubernetes,
        KubeConnectionFailure.Unavailable => KubeConnectionUnavailable,
        KubeConnectionFailure.LimitExceeded => KubeConnectionLimitExceeded,
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    public static ErrorKind Of(CredentialFailure reason) => reason switch
    {
        CredentialFailure.Refused => CredentialRefused,
        CredentialFailure.Unavailable => CredentialUnavailable,
        CredentialFailure.UnexpectedAnswer => CredentialUnexpectedAnswer,
        CredentialFailure.LeaseEnded => CredentialLeaseEnded,
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    public static ErrorKind Of(RolloutFailure reason) => reason switch
    {
        RolloutFailure.ProgressDeadlineExceeded => RolloutProgressDeadlineExceeded,
        RolloutFailure.TimedOut => RolloutTimedOut,
        RolloutFailure.Deleted => RolloutDeleted,
        RolloutFailure.NotRolling => RolloutNotRolling,
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    public static ErrorKind Of(SecretRefusal reason) => reason switch
    {
        SecretRefusal.Owned => SecretOwned,
        SecretRefusal.Immutable => SecretImmutable,
        SecretRefusal.Exists => SecretExists,
        SecretRefusal.OtherType => SecretOtherType,
        SecretRefusal.InvalidName => SecretInvalidName,
        SecretRefusal.NoKey => SecretNoKey,
        SecretRefusal.Contended => SecretContended,
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    public static ErrorKind OfSweep(LeaseAction action) => action switch
    {
        LeaseAction.Renew or LeaseAction.Keep => LeaseRenewFailed,
        LeaseAction.Revoke => LeaseRevokeFailed,
        _ => LeaseCleanUpFailed,
    };
}
