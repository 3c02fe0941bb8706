using System.Management.Automation;
using KubeInject.Annotations;
using KubeInject.Credentials;
using KubeInject.Injection.Workloads;
using KubeInject.Installation;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;
using KubeInject.Manifests;
using KubeInject.Secrets;

namespace KubeInject.Cmdlets.Pipeline;

/// <summary>Creates the error records of the module, with their <see cref="ErrorKind"/> and message.</summary>
internal static class Errors
{
    /// <summary>Creates the record for an exception of the engine.</summary>
    /// <returns>The record; null for an exception that the engine does not report.</returns>
    public static ErrorRecord? Describe(Exception exception, object? target) => exception switch
    {
        KubeApiException api => ErrorKinds.OfApi(api.Reason).Record(api, target),
        KubeConnectionException connection => ErrorKinds.Of(connection.Reason).Record(connection, target),
        ConfigurationException { IsKubeconfigMissing: true } => ErrorKinds.KubeConfigNotFound.Record(exception, target),
        ConfigurationException => ErrorKinds.KubeConfiguration.Record(exception, target),
        ObjectDisposedException => ErrorKinds.ConnectionEnded.Record(
            new InvalidOperationException("The connection is closed.", exception), target),
        CredentialException credential => ErrorKinds.Of(credential.Reason).Record(credential, target),
        RolloutException rollout => ErrorKinds.Of(rollout.Reason).Record(rollout, target),
        InstallationException => ErrorKinds.InstallationRefused.Record(exception, target),
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
        ErrorKinds.NotConnected.Record("There is no connection to a cluster. Run Connect-KubeCluster first, or specify -Connection.", null);

    public static ErrorRecord ContextNotFound(string name) =>
        ErrorKinds.KubeContextNotFound.Record($"The kubeconfig has no context '{name}'.", name);

    public static ErrorRecord InstallationInvalid(FormatException exception) => ErrorKinds.InstallationInvalid.Record(exception, null);

    public static ErrorRecord CredentialSourceMissing() => ErrorKinds.CredentialSourceMissing.Refuse(
        "There is no credential source. Specify -CredentialSource, or run New-CredentialSource with -Default to create the source that cmdlets of this session use.");

    public static ErrorRecord CredentialSourceOfOtherCluster(Uri ofSource, Uri ofConnection) => ErrorKinds.CredentialSourceOfOtherCluster.Refuse(
        $"The default credential source of this session was created for {ofSource}, but this command uses a connection to {ofConnection}.");

    public static ErrorRecord SeveralOutputs() => ErrorKinds.SeveralOutputs.Refuse("-AsManifest, -OutputDirectory and -InPlace cannot be combined.");

    public static ErrorRecord PassThruAndExplain() => ErrorKinds.PassThruAndExplain.Refuse("-PassThru and -Explain cannot be combined.");

    public static ErrorRecord CredentialAsPlainText() => ErrorKinds.CredentialAsPlainText.Refuse("-AsCredential and -AsPlainText cannot be combined.");

    public static ErrorRecord NoCredential(SecretContent secret) => ErrorKinds.SecretNotACredential.Record(
        $"{secret} is a Secret of the type {secret.Type}. -AsCredential requires the type {SecretContent.BasicAuthType} or {SecretContent.OpaqueType}, and the key username.",
        secret.Name);

    public static ErrorRecord NothingToSet(string name) => ErrorKinds.SecretNothingToSet.Refuse(
        $"No content is specified for the Secret {name}.", name);

    public static ErrorRecord NoSecretValue(string name, object? key, object? value) => ErrorKinds.SecretValueInvalid.Refuse(
        $"The value of '{key}' for the Secret {name} {(value is null ? "is null" : $"has the type {value.GetType().Name}")}, which is not supported.", name);

    public static ErrorRecord NotAManifest(PSObject input) => ErrorKinds.InputNotAManifest.Refuse(
        $"The input is not a pod, a manifest, a file, or an object from 'kubectl get -o json | ConvertFrom-Json'. Its type is {input.BaseObject.GetType().Name}.", input);

    public static ErrorRecord IncompleteInput(PSObject input, string members) => ErrorKinds.InputIncomplete.Refuse(
        $"The input of the type {input.BaseObject.GetType().Name} is not complete. It has no {members}.", input);

    public static ErrorRecord ManifestFailed(string error, object? target) => ErrorKinds.ManifestFailed.Record(error, target);

    public static ErrorRecord InjectionFailed(string error, object target) => ErrorKinds.InjectionFailed.Record(error, target);

    public static ErrorRecord AnnotationFailed(string error, object target) => ErrorKinds.AnnotationFailed.Record(error, target);

    public static ErrorRecord FileExists(string path) => ErrorKinds.NoClobber.Record(
        new IOException($"The file '{path}' already exists."), path);

    public static ErrorRecord FileReadOnly(string path) => ErrorKinds.FileReadOnly.Record(
        new UnauthorizedAccessException($"The file '{path}' is read-only."), path);

    public static ErrorRecord NotAFile(string path) =>
        ErrorKinds.NotAFile.Refuse($"'{path}' is not the path of exactly one file in the file system.", path);

    public static ErrorRecord DatabaseOrDialect() => ErrorKinds.DatabaseOrDialect.Refuse("Either -Database or -FromDialect is required, and -FromDialect cannot be combined with other settings.");

    public static ErrorRecord FindingOfNoFile(Finding finding) => ErrorKinds.FindingOfNoFile.Refuse(
        $"{finding.Object}: {finding.Code} is a finding in text that was not read from a file.", finding);

    public static ErrorRecord CredentialSourceInvalid(string problem) => ErrorKinds.CredentialSourceInvalid.Refuse(problem);

    public static ErrorRecord TimeTooShort(string parameter, TimeSpan given) => ErrorKinds.TimeTooShort.Refuse(
        $"-{parameter} is {given}, which is less than a second. PowerShell treats a number without a unit as ticks of 100 ns.", given);

    public static ErrorRecord LeaseNotFound(Guid uuid, string source) =>
        ErrorKinds.LeaseNotFound.Record($"The source '{source}' has no lease {uuid}.", uuid);

    public static ErrorRecord LeaseUnreadable(UnreadableRecord record) =>
        ErrorKinds.LeaseRecordInvalid.Record(new InvalidDataException($"{record}"), record.Uuid is { } uuid ? uuid : record.Location);

    public static ErrorRecord OwnersNotSeen(OwnerGap gap) =>
        ErrorKinds.LeaseOwnersNotSeen.Record($"Leases without an owner are not revoked, because not all possible owners can be read. {gap}", gap);

    public static ErrorRecord LeaseNotRenewable(CredentialLease lease) => ErrorKinds.LeaseNotRenewable.Record(
        lease.State == LeaseState.Incomplete
            ? $"{lease}: The lease cannot be renewed, because its credential was not issued completely, or is being issued."
            : $"{lease}: The lease cannot be renewed. {(lease.ExpiresAt is { } end ? $"It expires at {end:u}." : "It does not expire.")}",
        lease);

    public static ErrorRecord SweepFailed(LeaseFailure failure)
    {
        var kind = ErrorKinds.OfSweep(failure.Action) with { Category = Describe(failure.Error, null)?.CategoryInfo.Category ?? ErrorCategory.NotSpecified };
        return kind.Record(new InvalidOperationException($"{failure.Lease}: {failure.Error.Message} The next sweep tries again.", failure.Error), failure.Lease);
    }

    public static ErrorRecord RotationFailed(string error, object target) => ErrorKinds.RotationFailed.Record(error, target);

    public static ErrorRecord InvalidName(FormatException exception, string text) => ErrorKinds.NameInvalid.Record(exception, text);

    public static ErrorRecord InjectorSettingInvalid(FormatException exception) => ErrorKinds.InjectorSettingInvalid.Record(exception, null);

    public static ErrorRecord InvalidWorkload(FormatException exception, string text) => ErrorKinds.WorkloadInvalid.Record(exception, text);
}
