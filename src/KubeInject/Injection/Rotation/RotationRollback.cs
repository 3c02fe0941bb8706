using KubeInject.Credentials;
using KubeInject.Injection.Workloads;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Leases;

namespace KubeInject.Injection.Rotation;

/// <summary>Restores the old credentials if the pods did not become ready with the new ones. It ignores the cancellation of the rotation, which can be its cause.</summary>
internal sealed class RotationRollback(CredentialSource source, KubeObjectClient client)
{
    private const int Attempts = 10;

    /// <param name="written">The workload with the new credentials.</param>
    /// <param name="old">The old leases with their records.</param>
    /// <param name="result">The result so far.</param>
    /// <param name="cause">The cause of the rollback.</param>
    public async Task<RotationResult> RunAsync(
        WrittenWorkload written, IReadOnlyDictionary<Guid, LeaseRecord?> old, RotationResult result, Exception cause)
    {
        var problem = cause switch
        {
            OperationCanceledException => $"{result.Object}: The rotation was stopped.",
            RolloutException => cause.Message,
            _ => $"{result.Object}: {cause.Message}",
        };
        using var limit = new CancellationTokenSource(CredentialSource.CleanupTimeout, source.Time);
        try
        {
            if (!await AreThereAsync(old, limit.Token).ConfigureAwait(false))
                return Failed("The old credentials no longer exist, so the new ones are kept.");
            var isBack = await RestoreAsync(written, limit.Token).ConfigureAwait(false);
            var left = await source.RollBackAsync(written.Credentials.Select(lease => lease.Record)).ConfigureAwait(false);
            var consequence = isBack ? "It has the old credentials again." : "It no longer has the new credentials.";
            return result with
            {
                Status = isBack ? RotationStatus.RolledBack : RotationStatus.Failed,
                Error = $"{problem} {consequence} {left ?? "The new ones are revoked."}",
            };
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return Failed($"The old credentials could not be restored: {exception.Message} The old and the new credentials are kept, and it might have either.");
        }

        RotationResult Failed(string consequence) => result with { Status = RotationStatus.Failed, Error = $"{problem} {consequence}" };
    }

    /// <summary>Returns whether the old leases still exist. A sweep can have revoked them while no pod and no template named them.</summary>
    private async Task<bool> AreThereAsync(IReadOnlyDictionary<Guid, LeaseRecord?> old, CancellationToken cancellationToken)
    {
        foreach (var (uuid, record) in old)
        {
            if (record is not null && await source.Leases.FindAsync(uuid, cancellationToken).ConfigureAwait(false) is null)
                return false;
        }

        return true;
    }

    /// <summary>Restores the old credentials in the pod template. Returns false if the template no longer has the new credentials.</summary>
    private async Task<bool> RestoreAsync(WrittenWorkload written, CancellationToken cancellationToken)
    {
        var before = written.Plan.Workload.ReadTemplate();
        var variables = written.Plan.Pod.Plan!.Variables.Select(variable => variable.Name).ToHashSet(StringComparer.Ordinal);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var current = await LiveWorkload.ReadAsync(client, written.Plan.Pod.Result.Object, cancellationToken).ConfigureAwait(false);
                if (!current.Leases.Intersect(written.Credentials.Select(lease => lease.Record.Uuid)).Any())
                    return false;
                var template = current.ReadTemplate();
                TemplateRestoration.Restore(template, before, variables);
                await current.ReplaceTemplateAsync(client, template, dryRun: false, cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (KubeApiException exception) when (exception.Reason == KubeApiReason.Conflict && attempt < Attempts)
            {
                // The workload changed after it was read, so it is read again.
            }
            catch (KubeApiException exception) when (exception.Reason == KubeApiReason.NotFound)
            {
                return false;
            }
        }
    }
}
