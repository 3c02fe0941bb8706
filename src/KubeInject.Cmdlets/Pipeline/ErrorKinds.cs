using System.Management.Automation;
using KubeInject.Credentials;
using KubeInject.Injection.Workloads;
using KubeInject.Kubernetes.Errors;
using KubeInject.Leases;
using KubeInject.Secrets;

namespace KubeInject.Cmdlets.Pipeline;

/// <summary>The kinds of errors that the module reports. docs/errors.md explains each kind and contains the same remedies.</summary>
internal static class ErrorKinds
{
    // The cluster returns an error.
    public static readonly ErrorKind KubeApiBadRequest = new("KubeApiBadRequest", ErrorCategory.InvalidArgument, "Correct the parameter or the field that the message names.");
    public static readonly ErrorKind KubeApiUnauthorized = new("KubeApiUnauthorized", ErrorCategory.AuthenticationError, "Run Connect-KubeCluster again with a credential that the server accepts.");
    public static readonly ErrorKind KubeApiForbidden = new("KubeApiForbidden", ErrorCategory.PermissionDenied, "Request the permission that the message names, or connect as another user; 'kubectl auth can-i --list' lists your permissions.");
    public static readonly ErrorKind KubeApiNotFound = new("KubeApiNotFound", ErrorCategory.ObjectNotFound, "Check the name and the namespace, and whether you are connected to the correct cluster (Get-KubeConnection).");
    public static readonly ErrorKind KubeApiAlreadyExists = new("KubeApiAlreadyExists", ErrorCategory.ResourceExists, "Specify another name, or delete the existing object first.");
    public static readonly ErrorKind KubeApiConflict = new("KubeApiConflict", ErrorCategory.ResourceExists, "Run the command again to apply the change to the current version of the object.");
    public static readonly ErrorKind KubeApiGone = new("KubeApiGone", ErrorCategory.InvalidResult, "Run the command again to start from the current state of the cluster.");
    public static readonly ErrorKind KubeApiExpired = new("KubeApiExpired", ErrorCategory.InvalidResult, "Run the command again to read the list from the beginning.");
    public static readonly ErrorKind KubeApiInvalid = new("KubeApiInvalid", ErrorCategory.InvalidArgument, "Correct the fields that the message names.");
    public static readonly ErrorKind KubeApiTooManyRequests = new("KubeApiTooManyRequests", ErrorCategory.LimitsExceeded, "Wait until the load on the server decreases, and then run the command again.");
    public static readonly ErrorKind KubeApiInternalError = new("KubeApiInternalError", ErrorCategory.InvalidResult, "Check the log of the API server, and any webhook that the message names.");
    public static readonly ErrorKind KubeApiServerTimeout = new("KubeApiServerTimeout", ErrorCategory.InvalidResult, "Wait, and then run the command again.");
    public static readonly ErrorKind KubeApiServiceUnavailable = new("KubeApiServiceUnavailable", ErrorCategory.InvalidResult, "Wait, and then run the command again; 'kubectl get --raw /readyz?verbose' shows which part of the server is not ready.");
    public static readonly ErrorKind KubeApiTimeout = new("KubeApiTimeout", ErrorCategory.OperationTimeout, "Wait, and then run the command again.");
    public static readonly ErrorKind KubeApiUnknown = new("KubeApiUnknown", ErrorCategory.InvalidResult, "Check the properties Reason and StatusCode of the exception, and the log of the API server.");

    // The connection fails.
    public static readonly ErrorKind NotConnected = new("NotConnected", ErrorCategory.ConnectionError, "Choose one of the contexts that Get-KubeContext lists, and connect to it with Connect-KubeCluster.");
    public static readonly ErrorKind ConnectionEnded = new("ConnectionEnded", ErrorCategory.ConnectionError, "Run Connect-KubeCluster to open a new connection.");
    public static readonly ErrorKind KubeContextNotFound = new("KubeContextNotFound", ErrorCategory.ObjectNotFound, "Run Get-KubeContext without a name to list the contexts of the kubeconfig.");
    public static readonly ErrorKind KubeConfigNotFound = new("KubeConfigNotFound", ErrorCategory.ObjectNotFound, "Set KUBECONFIG to the kubeconfig of your cluster, specify it with -KubeConfig, or create a local cluster, for example with 'kind create cluster'.");
    public static readonly ErrorKind KubeConfiguration = new("KubeConfiguration", ErrorCategory.InvalidArgument, "Correct the setting that the message names, in the kubeconfig, an environment variable or a parameter.");
    public static readonly ErrorKind KubeConnectionNameNotResolved = new("KubeConnectionNameNotResolved", ErrorCategory.ConnectionError, "Check the name of the server, the DNS settings of this machine, and whether the cluster requires a VPN.");
    public static readonly ErrorKind KubeConnectionUnreachable = new("KubeConnectionUnreachable", ErrorCategory.ConnectionError, "Check the address and the port, and whether the cluster is running and reachable from this network.");
    public static readonly ErrorKind KubeConnectionTimeout = new("KubeConnectionTimeout", ErrorCategory.OperationTimeout, "Check the network (firewall, VPN, proxy), or increase the time limit with Connect-KubeCluster -TimeoutSec.");
    public static readonly ErrorKind KubeConnectionUntrustedCertificate = new("KubeConnectionUntrustedCertificate", ErrorCategory.SecurityError, "Specify the cluster's certificate authority: certificate-authority in the kubeconfig, or -CertificateAuthority.");
    public static readonly ErrorKind KubeConnectionWrongHostName = new("KubeConnectionWrongHostName", ErrorCategory.SecurityError, "Connect with a name that the certificate contains, or specify this name with -TlsServerName.");
    public static readonly ErrorKind KubeConnectionExpiredCertificate = new("KubeConnectionExpiredCertificate", ErrorCategory.SecurityError, "Check the clock of this machine; if it is correct, renew the certificate of the server.");
    public static readonly ErrorKind KubeConnectionTlsFailed = new("KubeConnectionTlsFailed", ErrorCategory.SecurityError, "Check whether the port uses TLS, and whether the server requires a client certificate.");
    public static readonly ErrorKind KubeConnectionProxyFailed = new("KubeConnectionProxyFailed", ErrorCategory.ConnectionError, "Check -ProxyUri, proxy-url in the kubeconfig, and HTTPS_PROXY; to bypass HTTPS_PROXY, add the server to NO_PROXY.");
    public static readonly ErrorKind KubeConnectionExecPluginFailed = new("KubeConnectionExecPluginFailed", ErrorCategory.ConnectionError, "Run the plugin that the message names in a terminal, and check whether it is installed and requires a new login.");
    public static readonly ErrorKind KubeConnectionUnauthorized = new("KubeConnectionUnauthorized", ErrorCategory.AuthenticationError, "Run Connect-KubeCluster again with a valid credential; Test-KubeConnection shows details about the current one.");
    public static readonly ErrorKind KubeConnectionNotKubernetes = new("KubeConnectionNotKubernetes", ErrorCategory.ProtocolError, "Check the address of the server, and whether a proxy or its login page answers instead of the API server.");
    public static readonly ErrorKind KubeConnectionUnavailable = new("KubeConnectionUnavailable", ErrorCategory.ConnectionError, "Wait, and then run the command again; if the error persists, check the API server and any gateway between it and you.");
    public static readonly ErrorKind KubeConnectionLimitExceeded = new("KubeConnectionLimitExceeded", ErrorCategory.LimitsExceeded, "Specify a namespace or a selector to list fewer objects, and check which server answers at this address.");

    // The input is invalid.
    public static readonly ErrorKind CredentialSourceMissing = new("CredentialSourceMissing", ErrorCategory.InvalidArgument, "Run Get-Help New-CredentialSource to choose a source; with -Local, it creates one with test credentials.");
    public static readonly ErrorKind CredentialSourceOfOtherCluster = new("CredentialSourceOfOtherCluster", ErrorCategory.InvalidOperation, "Run New-CredentialSource with -Default again for this cluster, or specify -CredentialSource.");
    public static readonly ErrorKind CredentialSourceInvalid = new("CredentialSourceInvalid", ErrorCategory.InvalidArgument, "Correct the parameters of New-CredentialSource that the message names.");
    public static readonly ErrorKind SeveralOutputs = new("SeveralOutputs", ErrorCategory.InvalidArgument, "Specify only one of -AsManifest, -OutputDirectory and -InPlace.");
    public static readonly ErrorKind PassThruAndExplain = new("PassThruAndExplain", ErrorCategory.InvalidArgument, "Specify -PassThru for objects, or -Explain for text.");
    public static readonly ErrorKind CredentialAsPlainText = new("CredentialAsPlainText", ErrorCategory.InvalidArgument, "Specify -AsCredential for PSCredentials, or -AsPlainText for strings.");
    public static readonly ErrorKind DatabaseOrDialect = new("DatabaseOrDialect", ErrorCategory.InvalidArgument, "Specify -Database with -Role and other settings, or only -FromDialect.");
    public static readonly ErrorKind InjectorSettingInvalid = new("InjectorSettingInvalid", ErrorCategory.InvalidArgument, "Correct the parameter or environment variable that the message names.");
    public static readonly ErrorKind InstallationInvalid = new("InstallationInvalid", ErrorCategory.InvalidArgument, "Correct the parameter of Install-KubeInject that the message names.");
    public static readonly ErrorKind TimeTooShort = new("TimeTooShort", ErrorCategory.InvalidArgument, "Specify a time such as 00:05:00, or (New-TimeSpan -Minutes 5).");
    public static readonly ErrorKind NameInvalid = new("NameInvalid", ErrorCategory.InvalidArgument, "Specify a name such as orders-1 or pod/orders-1, and no more than one namespace.");
    public static readonly ErrorKind WorkloadInvalid = new("WorkloadInvalid", ErrorCategory.InvalidArgument, "Specify a workload such as deployment/orders, sts/orders, ds/agent, cj/cleanup or pod/shell, and no more than one namespace.");
    public static readonly ErrorKind InputNotAManifest = new("InputNotAManifest", ErrorCategory.InvalidType, "Pipe pods, manifests or files, or convert the output of 'kubectl get -o json' with ConvertFrom-Json.");
    public static readonly ErrorKind InputIncomplete = new("InputIncomplete", ErrorCategory.InvalidData, "Add the members that the message names, as 'kubectl get -o json' writes them.");
    public static readonly ErrorKind FindingOfNoFile = new("FindingOfNoFile", ErrorCategory.InvalidArgument, "Pipe the text itself to Repair-PodInjectionAnnotation.");
    public static readonly ErrorKind SecretNotACredential = new("SecretNotACredential", ErrorCategory.InvalidType, "Run the command without -AsCredential, and read the values from the property Data.");

    public static readonly ErrorKind SecretNothingToSet = new("SecretNothingToSet", ErrorCategory.InvalidArgument, "Specify at least one of -Data, -Credential and -Metadata.");
    public static readonly ErrorKind SecretValueInvalid = new("SecretValueInvalid", ErrorCategory.InvalidType, "Specify a SecureString, a string, a number or a byte array for each key.");

    // A Secret is not written.
    public static readonly ErrorKind SecretOwned = new("SecretOwned", ErrorCategory.PermissionDenied, "Change the Secret where it is managed, or specify -Force to change it anyway.");
    public static readonly ErrorKind SecretImmutable = new("SecretImmutable", ErrorCategory.InvalidOperation, "Create another Secret, or remove this one with Remove-KubeSecret first.");
    public static readonly ErrorKind SecretExists = new("SecretExists", ErrorCategory.ResourceExists, "Omit -NoClobber to change the Secret, or specify another name.");
    public static readonly ErrorKind SecretOtherType = new("SecretOtherType", ErrorCategory.InvalidOperation, "Omit -Type, or remove the Secret with Remove-KubeSecret first.");
    public static readonly ErrorKind SecretInvalidName = new("SecretInvalidName", ErrorCategory.InvalidArgument, "Specify a name that follows the rules in the message.");
    public static readonly ErrorKind SecretNoKey = new("SecretNoKey", ErrorCategory.ObjectNotFound, "Specify one of the keys that Get-KubeSecret lists.");
    public static readonly ErrorKind SecretContended = new("SecretContended", ErrorCategory.ResourceExists, "Find out which other clients change the Secret, and then run the command again.");

    // Files and manifests.
    public static readonly ErrorKind PathNotFound = new("PathNotFound", ErrorCategory.ObjectNotFound, "Check the path; a relative path starts at the current location (Get-Location).");
    public static readonly ErrorKind PathAccessDenied = new("PathAccessDenied", ErrorCategory.PermissionDenied, "Check the permissions of the file or folder, and whether it is read-only, or specify another path.");
    public static readonly ErrorKind PathUnusable = new("PathUnusable", ErrorCategory.WriteError, "Check that the path is a regular file, that no other program uses it, and that the disk has free space.");
    public static readonly ErrorKind NotAFile = new("NotAFile", ErrorCategory.InvalidArgument, "Specify the path of one file, such as ./report.html.");
    public static readonly ErrorKind NoClobber = new("NoClobber", ErrorCategory.ResourceExists, "Omit -NoClobber to replace the file, or specify another path.");
    public static readonly ErrorKind FileReadOnly = new("FileReadOnly", ErrorCategory.PermissionDenied, "Specify -Force to replace the file anyway, or specify another path.");
    public static readonly ErrorKind ManifestInvalid = new("ManifestInvalid", ErrorCategory.ParserError, "Correct the YAML or JSON at the position in the message.");
    public static readonly ErrorKind ManifestFailed = new("ManifestFailed", ErrorCategory.InvalidData, "Correct the problem that the message names; the document is unchanged, and the others were processed.");

    // An operation fails.
    public static readonly ErrorKind AnnotationFailed = new("AnnotationFailed", ErrorCategory.InvalidData, "Check the properties Findings and Error of the result; nothing was changed.");
    public static readonly ErrorKind InjectionFailed = new("InjectionFailed", ErrorCategory.InvalidData, "Run Test-PodInjectionAnnotation -Explain for the object; nothing was changed, and issued credentials are revoked.");
    public static readonly ErrorKind InstallationRefused = new("InstallationRefused", ErrorCategory.InvalidOperation, "Resolve the conflict that the message names, or specify -Force to install anyway.");
    public static readonly ErrorKind RotationFailed = new("RotationFailed", ErrorCategory.InvalidResult, "Check Status of the result and the output of 'kubectl rollout status', and then run the rotation again.");
    public static readonly ErrorKind RolloutProgressDeadlineExceeded = new("RolloutProgressDeadlineExceeded", ErrorCategory.InvalidResult, "Run 'kubectl describe pod' and 'kubectl logs' to find out why the new pods are not ready.");
    public static readonly ErrorKind RolloutTimedOut = new("RolloutTimedOut", ErrorCategory.OperationTimeout, "Follow the rollout, which continues, with 'kubectl rollout status', or increase the time limit with -TimeoutSec.");
    public static readonly ErrorKind RolloutDeleted = new("RolloutDeleted", ErrorCategory.InvalidResult, "Find out who deleted the workload; Sync-CredentialLease revokes the credentials that were issued for it.");
    public static readonly ErrorKind RolloutNotRolling = new("RolloutNotRolling", ErrorCategory.InvalidResult, "Resume the rollout with 'kubectl rollout resume', or delete the pods one by one if the strategy is OnDelete.");

    // Credentials and their leases.
    public static readonly ErrorKind CredentialRefused = new("CredentialRefused", ErrorCategory.PermissionDenied, "Correct the role, permission or setting that the message names; for Vault, run Test-PodInjectionAnnotation -CredentialSource -Explain.");
    public static readonly ErrorKind CredentialUnavailable = new("CredentialUnavailable", ErrorCategory.ResourceUnavailable, "Check that the source is running, reachable and not sealed, and then run the command again.");
    public static readonly ErrorKind CredentialUnexpectedAnswer = new("CredentialUnexpectedAnswer", ErrorCategory.InvalidResult, "Correct the setting, statement or object that the message names, and check the log of the source.");
    public static readonly ErrorKind CredentialLeaseEnded = new("CredentialLeaseEnded", ErrorCategory.InvalidOperation, "Run Invoke-CredentialRotation to give the workload new credentials.");
    public static readonly ErrorKind LeaseRecordInvalid = new("LeaseRecordInvalid", ErrorCategory.InvalidData, "Check the record that the message names; if you cannot identify its lease, move the record to another location.");
    public static readonly ErrorKind LeaseNotFound = new("LeaseNotFound", ErrorCategory.ObjectNotFound, "Run Get-CredentialLease to list the leases of the source.");
    public static readonly ErrorKind LeaseNotRenewable = new("LeaseNotRenewable", ErrorCategory.InvalidOperation, "Run Invoke-CredentialRotation to replace the credential, or Sync-CredentialLease to revoke an incomplete lease.");
    public static readonly ErrorKind LeaseOwnersNotSeen = new("LeaseOwnersNotSeen", ErrorCategory.PermissionDenied, "Grant any permission that the message names; docs/security.md lists all permissions that a sweep requires.");
    public static readonly ErrorKind LeaseRenewFailed = new("LeaseRenewFailed", ErrorCategory.NotSpecified, "Correct the problem that the message names, and then run Sync-CredentialLease again.");
    public static readonly ErrorKind LeaseRevokeFailed = new("LeaseRevokeFailed", ErrorCategory.NotSpecified, "Correct the problem that the message names, and then run Sync-CredentialLease again.");
    public static readonly ErrorKind LeaseCleanUpFailed = new("LeaseCleanUpFailed", ErrorCategory.NotSpecified, "Correct the problem that the message names, and then run Sync-CredentialLease again.");
    public static readonly ErrorKind LeaseSweepTimedOut = new("LeaseSweepTimedOut", ErrorCategory.OperationTimeout, "Run the command with -Verbose to find out which server is slow, or increase the time limit with -TimeoutSec.");

    // A server can return any reason. Reasons that Kubernetes does not define are reported as KubeApiUnknown.
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

/// <summary>A kind of error. docs/errors.md lists all kinds.</summary>
/// <param name="Id">The error ID that scripts compare with. It never changes.</param>
/// <param name="Category">The error category of PowerShell.</param>
/// <param name="Action">The remedy: one sentence in one line.</param>
internal sealed record ErrorKind(string Id, ErrorCategory Category, string Action)
{
    /// <summary>Creates an error record of this kind from an exception.</summary>
    public ErrorRecord Record(Exception exception, object? target)
    {
        var shown = Shown(target);
        var record = new ErrorRecord(exception, Id, Category, shown)
        {
            // A message from a server can have several lines. An error message must have one.
            ErrorDetails = new ErrorDetails(DisplayText.Escape(exception.Message.ReplaceLineEndings(" ").Trim())) { RecommendedAction = Action },
        };
        if (shown is string name && DisplayText.Escape(name) is var fit && fit != name)
            record.CategoryInfo.TargetName = fit;
        return record;
    }

    /// <summary>Creates an error record of this kind from a message.</summary>
    public ErrorRecord Record(string message, object? target) => Record(new InvalidOperationException(DisplayText.Escape(message)), target);

    /// <summary>Creates an error record of this kind for parameters that are invalid or conflict.</summary>
    public ErrorRecord Refuse(string message, object? target = null) => Record(new PSArgumentException(DisplayText.Escape(message)), target);

    // An address or a connection string can contain a password, and $Error keeps the target.
    private static object? Shown(object? target) => target switch
    {
        Uri address => PasswordMask.Apply(address),
        string text => PasswordMask.Apply(text),
        _ => target,
    };
}
