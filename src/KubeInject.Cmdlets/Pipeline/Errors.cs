using System.Management.Automation;
using KubeInject.Annotations;
using KubeInject.Credentials;
using KubeInject.Injection;
using KubeInject.Kubernetes;
using KubeInject.Leases;
using KubeInject.Manifests;
using KubeInject.Secrets;

namespace KubeInject.Cmdlets;

/// <summary>Error records: each kind of failure has one id and one category, wherever it shows.</summary>
internal static class Errors
{
    /// <summary>The record for a failure that the engine reports; null for what is no such failure.</summary>
    public static ErrorRecord? Describe(Exception exception, object? target) => exception switch
    {
        KubeApiException api => new ErrorRecord(api, $"KubeApi{api.Reason}", Category(api.Reason), target),
        KubeConnectionException connection => new ErrorRecord(connection, $"KubeConnection{connection.Reason}", Category(connection.Reason), target),
        KubeConfigurationException => new ErrorRecord(exception, "KubeConfiguration", ErrorCategory.InvalidArgument, target),
        ObjectDisposedException => new ErrorRecord(
            new InvalidOperationException("The connection was ended. Run Connect-KubeCluster again.", exception), "ConnectionEnded", ErrorCategory.ConnectionError, target),
        CredentialException credential => new ErrorRecord(credential, $"Credential{credential.Reason}", Category(credential.Reason), target),
        RolloutException rollout => new ErrorRecord(
            rollout, $"Rollout{rollout.Reason}", rollout.Reason == RolloutFailure.TimedOut ? ErrorCategory.OperationTimeout : ErrorCategory.InvalidResult, target),
        SecretRefusedException refused => new ErrorRecord(refused, $"Secret{refused.Reason}", Category(refused.Reason), target),
        ManifestException => new ErrorRecord(exception, "ManifestInvalid", ErrorCategory.ParserError, target),
        InvalidDataException => new ErrorRecord(exception, "LeaseRecordInvalid", ErrorCategory.InvalidData, target),
        FileNotFoundException or DirectoryNotFoundException => new ErrorRecord(exception, "PathNotFound", ErrorCategory.ObjectNotFound, target),
        UnauthorizedAccessException => new ErrorRecord(exception, "PathAccessDenied", ErrorCategory.PermissionDenied, target),
        IOException => new ErrorRecord(exception, "PathUnusable", ErrorCategory.WriteError, target),
        _ => null,
    };

    public static ErrorRecord NotConnected() => new(
        new InvalidOperationException("There is no connection to a cluster. Run Connect-KubeCluster first, or give one with -Connection."),
        "NotConnected",
        ErrorCategory.ConnectionError,
        null);

    public static ErrorRecord NoContext(string name) => new(
        new InvalidOperationException($"The kubeconfig has no context '{name}'. Run Get-KubeContext for those that it has."),
        "KubeContextNotFound",
        ErrorCategory.ObjectNotFound,
        name);

    public static ErrorRecord CredentialSourceMissing() => new(
        new PSArgumentException("Say where credentials come from with -CredentialSource. See Get-Help New-CredentialSource for those there are; (New-CredentialSource -Local) makes credentials up, for trying out."),
        "CredentialSourceMissing",
        ErrorCategory.InvalidArgument,
        null);

    public static ErrorRecord SeveralOutputs() => new(
        new PSArgumentException("Give one of -AsManifest, -OutputDirectory and -InPlace."),
        "SeveralOutputs",
        ErrorCategory.InvalidArgument,
        null);

    public static ErrorRecord PassThruAndExplain() => new(
        new PSArgumentException("Give one of -PassThru and -Explain."),
        "PassThruAndExplain",
        ErrorCategory.InvalidArgument,
        null);

    public static ErrorRecord CredentialAsPlainText() => new(
        new PSArgumentException("Give one of -AsCredential and -AsPlainText."),
        "CredentialAsPlainText",
        ErrorCategory.InvalidArgument,
        null);

    public static ErrorRecord NoCredential(SecretContent secret) => new(
        new InvalidOperationException($"{secret} is a Secret of the type {secret.Type}: credentials are those of the type {SecretContent.BasicAuthType} with a username. Leave -AsCredential out, and take what you need from its Data."),
        "SecretNotACredential",
        ErrorCategory.InvalidType,
        secret.Name);

    public static ErrorRecord NothingToSet(string name) => new(
        new PSArgumentException($"Say what the Secret {name} is to hold: give one or more of -Data, -Credential and -Metadata."),
        "SecretNothingToSet",
        ErrorCategory.InvalidArgument,
        name);

    public static ErrorRecord NoSecretValue(string name, object? key, object? value) => new(
        new PSArgumentException($"The value of '{key}' for the Secret {name} is {(value is null ? "null" : $"a {value.GetType().Name}")}: values are SecureStrings, strings, numbers and byte arrays."),
        "SecretValueInvalid",
        ErrorCategory.InvalidType,
        name);

    public static ErrorRecord NotAManifest(PSObject input) => new(
        new PSArgumentException($"A {input.BaseObject.GetType().Name} is neither a pod, a manifest, a file, nor an object as 'kubectl get -o json | ConvertFrom-Json' gives it."),
        "InputNotAManifest",
        ErrorCategory.InvalidType,
        input);

    public static ErrorRecord ManifestFailed(string error, object? target) =>
        new(new InvalidOperationException(error), "ManifestFailed", ErrorCategory.InvalidData, target);

    public static ErrorRecord InjectionFailed(string error, object target) =>
        new(new InvalidOperationException(error), "InjectionFailed", ErrorCategory.InvalidData, target);

    public static ErrorRecord AnnotationFailed(string error, object target) =>
        new(new InvalidOperationException(error), "AnnotationFailed", ErrorCategory.InvalidData, target);

    public static ErrorRecord FileExists(string path) => new(
        new IOException($"The file '{path}' exists already. Leave -NoClobber out to replace it, or give another path."),
        "NoClobber",
        ErrorCategory.ResourceExists,
        path);

    public static ErrorRecord FileReadOnly(string path) => new(
        new UnauthorizedAccessException($"The file '{path}' is read-only. Give -Force to replace it all the same, or another path."),
        "FileReadOnly",
        ErrorCategory.PermissionDenied,
        path);

    public static ErrorRecord NotAFile(string path) => new(
        new PSArgumentException($"'{path}' names no single file of the file system. Give the path of one, such as ./report.html."),
        "NotAFile",
        ErrorCategory.InvalidArgument,
        path);

    public static ErrorRecord DatabaseOrDialect() => new(
        new PSArgumentException("Give either -Database with what its pods are to ask for, or -FromDialect alone."),
        "DatabaseOrDialect",
        ErrorCategory.InvalidArgument,
        null);

    public static ErrorRecord FindingOfNoFile(Finding finding) => new(
        new PSArgumentException($"{finding.Object}: {finding.Code} is about a text that came from no file. Give the text itself to Repair-PodInjectionAnnotation."),
        "FindingOfNoFile",
        ErrorCategory.InvalidArgument,
        finding);

    public static ErrorRecord CredentialSourceInvalid(string problem) =>
        new(new PSArgumentException(problem), "CredentialSourceInvalid", ErrorCategory.InvalidArgument, null);

    public static ErrorRecord TimeTooShort(string parameter, TimeSpan given) => new(
        new PSArgumentException($"-{parameter} is {given}, less than a second. PowerShell takes a bare number for ticks of 100 ns: give a time such as 00:05:00, or (New-TimeSpan -Minutes 5)."),
        "TimeTooShort",
        ErrorCategory.InvalidArgument,
        given);

    public static ErrorRecord LeaseNotFound(Guid uuid, string source) => new(
        new InvalidOperationException($"The source '{source}' has no lease {uuid}. Run Get-CredentialLease for those that it has."),
        "LeaseNotFound",
        ErrorCategory.ObjectNotFound,
        uuid);

    public static ErrorRecord LeaseNotRenewable(CredentialLease lease) => new(
        new InvalidOperationException(lease.State == LeaseState.Incomplete
            ? $"{lease}: Issuing it broke off, or is under way, so there is nothing to renew. Sync-CredentialLease revokes what it has left."
            : $"{lease}: It cannot be renewed. {(lease.ExpiresAt is { } end ? $"It ends at {end:u}; Invoke-CredentialRotation replaces it." : "It does not end by itself.")}"),
        "LeaseNotRenewable",
        ErrorCategory.InvalidOperation,
        lease);

    public static ErrorRecord SweepFailed(LeaseFailure failure) => new(
        new InvalidOperationException($"{failure.Lease}: {failure.Error.Message} The next sweep tries again.", failure.Error),
        $"Lease{failure.Action}Failed",
        Describe(failure.Error, null)?.CategoryInfo.Category ?? ErrorCategory.NotSpecified,
        failure.Lease);

    public static ErrorRecord RotationFailed(string error, object target) =>
        new(new InvalidOperationException(error), "RotationFailed", ErrorCategory.InvalidResult, target);

    public static ErrorRecord NoWorkload(FormatException exception, string text) => new(exception, "WorkloadInvalid", ErrorCategory.InvalidArgument, text);

    private static ErrorCategory Category(string reason) => reason switch
    {
        KubeApiReason.NotFound => ErrorCategory.ObjectNotFound,
        KubeApiReason.Forbidden => ErrorCategory.PermissionDenied,
        KubeApiReason.Unauthorized => ErrorCategory.AuthenticationError,
        KubeApiReason.AlreadyExists or KubeApiReason.Conflict => ErrorCategory.ResourceExists,
        KubeApiReason.BadRequest or KubeApiReason.Invalid => ErrorCategory.InvalidArgument,
        KubeApiReason.TooManyRequests => ErrorCategory.LimitsExceeded,
        KubeApiReason.Timeout => ErrorCategory.OperationTimeout,
        _ => ErrorCategory.InvalidResult,
    };

    private static ErrorCategory Category(SecretRefusal reason) => reason switch
    {
        SecretRefusal.Owned => ErrorCategory.PermissionDenied,
        SecretRefusal.Exists or SecretRefusal.Contended => ErrorCategory.ResourceExists,
        SecretRefusal.NoKey => ErrorCategory.ObjectNotFound,
        SecretRefusal.InvalidName => ErrorCategory.InvalidArgument,
        _ => ErrorCategory.InvalidOperation,
    };

    private static ErrorCategory Category(CredentialFailure reason) => reason switch
    {
        CredentialFailure.Refused => ErrorCategory.PermissionDenied,
        CredentialFailure.Unavailable => ErrorCategory.ResourceUnavailable,
        CredentialFailure.LeaseEnded => ErrorCategory.InvalidOperation,
        _ => ErrorCategory.InvalidResult,
    };

    private static ErrorCategory Category(KubeConnectionFailure reason) => reason switch
    {
        KubeConnectionFailure.Unauthorized => ErrorCategory.AuthenticationError,
        KubeConnectionFailure.UntrustedCertificate or KubeConnectionFailure.WrongHostName or KubeConnectionFailure.ExpiredCertificate
            or KubeConnectionFailure.TlsFailed => ErrorCategory.SecurityError,
        KubeConnectionFailure.Timeout => ErrorCategory.OperationTimeout,
        KubeConnectionFailure.NotKubernetes => ErrorCategory.ProtocolError,
        _ => ErrorCategory.ConnectionError,
    };
}
