using KubeInject.Injection.Workloads;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Leases;

namespace KubeInject.Injection.Rotation;

/// <summary>Puts the old credentials back where pods did not come up with new ones. Not cancelled with the rotation: cancelling may be what asks for it.</summary>
internal sealed class RotationRollback(CredentialSource source, KubeObjectClient client)
{
    private const int Attempts = 10;

    /// <param name="written">What was put in.</param>
    /// <param name="old">The leases of before, with their records.</param>
    /// <param name="result">What there is to tell so far.</param>
    /// <param name="cause">Why the old ones are put back.</param>
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

    /// <summary>Whether what is to be put back is still of use: a sweep may have met it while no pod and no template had it.</summary>
    private async Task<bool> AreThereAsync(IReadOnlyDictionary<Guid, LeaseRecord?> old, CancellationToken cancellationToken)
    {
        foreach (var (uuid, record) in old)
        {
            if (record is not null && await source.Leases.FindAsync(uuid, cancellationToken).ConfigureAwait(false) is null)
                return false;
        }

        return true;
    }

    /// <summary>Puts the old ones into the pod template; false where it has none of the new ones any more.</summary>
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
                // It has changed since it was read a moment ago.
            }
            catch (KubeApiException exception) when (exception.Reason == KubeApiReason.NotFound)
            {
                return false;
            }
        }
    }
}
