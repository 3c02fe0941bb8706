using System.Management.Automation;
using KubeInject.Annotations;
using KubeInject.Credentials;
using KubeInject.Injection.Workloads;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;
using KubeInject.Manifests;
using KubeInject.Secrets;

namespace KubeInject.Cmdlets.Pipeline;

/// <summary>Error records: the one place where a failure gets its <see cref="ErrorKind"/>, and where it is put into words.</summary>
internal static class Errors
{
    /// <summary>The record for a failure that the engine reports; null for what is no such failure.</summary>
    public static ErrorRecord? Describe(Exception exception, object? target) => exception switch
    {
        KubeApiException api => ErrorKinds.OfApi(api.Reason).Record(api, target),
        KubeConnectionException connection => ErrorKinds.Of(connection.Reason).Record(connection, target),
        ConfigurationException => ErrorKinds.KubeConfiguration.Record(exception, target),
        ObjectDisposedException => ErrorKinds.ConnectionEnded.Record(
            new InvalidOperationException("The connection was ended. Run Connect-KubeCluster again.", exception), target),
        CredentialException credential => ErrorKinds.Of(credential.Reason).Record(credential, target),
        RolloutException rollout => ErrorKinds.Of(rollout.Reason).Record(rollout, target),
        SecretWriteException refused => ErrorKinds.Of(refused.Reason).Record(refused, target),
        ManifestException => ErrorKinds.ManifestInvalid.Record(exception, target),
        InvalidDataException => ErrorKinds.LeaseRecordInvalid.Record(exception, target),
        FileNotFoundException or DirectoryNotFoundException or SessionStateException => ErrorKinds.PathNotFound.Record(exception, target),
        UnauthorizedAccessException => ErrorKinds.PathAccessDenied.Record(exception, target),
        IOException => ErrorKinds.PathUnusable.Record(exception, target),
        TimeoutException => ErrorKinds.LeaseSweepTimedOut.Record(exception, target),
        _ => null,
    };

    public static ErrorRecord NotConnected() =>
        ErrorKinds.NotConnected.Record("There is no connection to a cluster. Run Connect-KubeCluster first, or give one with -Connection.", null);

    public static ErrorRecord NoContext(string name) =>
        ErrorKinds.KubeContextNotFound.Record($"The kubeconfig has no context '{name}'. Run Get-KubeContext for those that it has.", name);

    public static ErrorRecord CredentialSourceMissing() => ErrorKinds.CredentialSourceMissing.Refuse(
        "Say where credentials come from with -CredentialSource. See Get-Help New-CredentialSource for those there are; (New-CredentialSource -Local) makes credentials up, for trying out.");

    public static ErrorRecord SeveralOutputs() => ErrorKinds.SeveralOutputs.Refuse("Give one of -AsManifest, -OutputDirectory and -InPlace.");

    public static ErrorRecord PassThruAndExplain() => ErrorKinds.PassThruAndExplain.Refuse("Give one of -PassThru and -Explain.");

    public static ErrorRecord CredentialAsPlainText() => ErrorKinds.CredentialAsPlainText.Refuse("Give one of -AsCredential and -AsPlainText.");

    public static ErrorRecord NoCredential(SecretContent secret) => ErrorKinds.SecretNotACredential.Record(
        $"{secret} is a Secret of the type {secret.Type}: credentials are those of the type {SecretContent.BasicAuthType} with a username. Leave -AsCredential out, and take what you need from its Data.",
        secret.Name);

    public static ErrorRecord NothingToSet(string name) => ErrorKinds.SecretNothingToSet.Refuse(
        $"Say what the Secret {name} is to hold: give one or more of -Data, -Credential and -Metadata.", name);

    public static ErrorRecord NoSecretValue(string name, object? key, object? value) => ErrorKinds.SecretValueInvalid.Refuse(
        $"The value of '{key}' for the Secret {name} is {(value is null ? "null" : $"a {value.GetType().Name}")}: values are SecureStrings, strings, numbers and byte arrays.", name);

    public static ErrorRecord NotAManifest(PSObject input) => ErrorKinds.InputNotAManifest.Refuse(
        $"A {input.BaseObject.GetType().Name} is neither a pod, a manifest, a file, nor an object as 'kubectl get -o json | ConvertFrom-Json' gives it.", input);

    public static ErrorRecord ManifestFailed(string error, object? target) => ErrorKinds.ManifestFailed.Record(error, target);

    public static ErrorRecord InjectionFailed(string error, object target) => ErrorKinds.InjectionFailed.Record(error, target);

    public static ErrorRecord AnnotationFailed(string error, object target) => ErrorKinds.AnnotationFailed.Record(error, target);

    public static ErrorRecord FileExists(string path) => ErrorKinds.NoClobber.Record(
        new IOException($"The file '{path}' exists already. Leave -NoClobber out to replace it, or give another path."), path);

    public static ErrorRecord FileReadOnly(string path) => ErrorKinds.FileReadOnly.Record(
        new UnauthorizedAccessException($"The file '{path}' is read-only. Give -Force to replace it all the same, or another path."), path);

    public static ErrorRecord NotAFile(string path) =>
        ErrorKinds.NotAFile.Refuse($"'{path}' names no single file of the file system. Give the path of one, such as ./report.html.", path);

    public static ErrorRecord DatabaseOrDialect() => ErrorKinds.DatabaseOrDialect.Refuse("Give either -Database with what its pods are to ask for, or -FromDialect alone.");

    public static ErrorRecord FindingOfNoFile(Finding finding) => ErrorKinds.FindingOfNoFile.Refuse(
        $"{finding.Object}: {finding.Code} is about a text that came from no file. Give the text itself to Repair-PodInjectionAnnotation.", finding);

    public static ErrorRecord CredentialSourceInvalid(string problem) => ErrorKinds.CredentialSourceInvalid.Refuse(problem);

    public static ErrorRecord TimeTooShort(string parameter, TimeSpan given) => ErrorKinds.TimeTooShort.Refuse(
        $"-{parameter} is {given}, less than a second. PowerShell takes a bare number for ticks of 100 ns: give a time such as 00:05:00, or (New-TimeSpan -Minutes 5).", given);

    public static ErrorRecord LeaseNotFound(Guid uuid, string source) =>
        ErrorKinds.LeaseNotFound.Record($"The source '{source}' has no lease {uuid}. Run Get-CredentialLease for those that it has.", uuid);

    public static ErrorRecord LeaseUnreadable(UnreadableRecord record) =>
        ErrorKinds.LeaseRecordInvalid.Record(new InvalidDataException($"{record}"), record.Uuid is { } uuid ? uuid : record.Location);

    public static ErrorRecord OwnersNotSeen(OwnerGap gap) =>
        ErrorKinds.LeaseOwnersNotSeen.Record($"Leases without an owner are not revoked, for not everything that may own them can be seen. {gap}", gap);

    public static ErrorRecord LeaseNotRenewable(CredentialLease lease) => ErrorKinds.LeaseNotRenewable.Record(
        lease.State == LeaseState.Incomplete
            ? $"{lease}: Issuing it broke off, or is under way, so there is nothing to renew. Sync-CredentialLease revokes what it has left."
            : $"{lease}: It cannot be renewed. {(lease.ExpiresAt is { } end ? $"It ends at {end:u}; Invoke-CredentialRotation replaces it." : "It does not end by itself.")}",
        lease);

    public static ErrorRecord SweepFailed(LeaseFailure failure)
    {
        var kind = ErrorKinds.OfSweep(failure.Action) with { Category = Describe(failure.Error, null)?.CategoryInfo.Category ?? ErrorCategory.NotSpecified };
        return kind.Record(new InvalidOperationException($"{failure.Lease}: {failure.Error.Message} The next sweep tries again.", failure.Error), failure.Lease);
    }

    public static ErrorRecord RotationFailed(string error, object target) => ErrorKinds.RotationFailed.Record(error, target);

    public static ErrorRecord NoName(FormatException exception, string text) => ErrorKinds.NameInvalid.Record(exception, text);

    public static ErrorRecord NoWorkload(FormatException exception, string text) => ErrorKinds.WorkloadInvalid.Record(exception, text);
}
