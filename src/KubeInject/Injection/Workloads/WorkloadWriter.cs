using KubeInject.Annotations;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;
using KubeInject.Manifests;

namespace KubeInject.Injection.Workloads;

/// <summary>Adds credentials to the pod template of a workload in a cluster. Changes nothing else.</summary>
/// <param name="source">The source of the credentials.</param>
/// <param name="options">The label key and the default mount path.</param>
/// <param name="client">The cluster.</param>
/// <param name="force">Whether to change a workload that another component manages.</param>
internal sealed class WorkloadWriter(CredentialSource source, InjectionOptions options, KubeObjectClient client, bool force = false)
{
    /// <summary>The maximum number of attempts if the workload changes in the meantime.</summary>
    internal const int Attempts = 10;

    /// <summary>The number of times to check whether a change without a response was applied.</summary>
    private const int MaximumChecks = 5;

    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(250);

    private readonly SecretWriter secrets = new(client);

    /// <summary>Plans the injection and performs a server-side dry run. Issues and writes nothing.</summary>
    /// <param name="reference">The workload.</param>
    /// <param name="delivery">The way in which containers get the credentials. Null keeps the current way.</param>
    /// <param name="replaces">Whether to replace existing credentials.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The plan. A failed plan contains the reason.</returns>
    public async Task<PlannedWorkload> PlanAsync(ObjectReference reference, CredentialDelivery? delivery, bool replaces, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var plan = await ReadAsync(reference, delivery, replaces, cancellationToken).ConfigureAwait(false);
            if (!plan.Pod.IsPlanned)
                return plan;
            try
            {
                await secrets.DryRunAsync(plan.Pod, cancellationToken).ConfigureAwait(false);
                await plan.Workload.ReplaceTemplateAsync(client, plan.Workload.Edit(plan.Pod, PodValues.Placeholders(plan.Pod)), dryRun: true, cancellationToken).ConfigureAwait(false);
                return plan;
            }
            catch (KubeApiException exception) when (IsConflict(exception) && attempt < Attempts)
            {
                // The workload changed after it was read, so it is read again.
            }
            catch (KubeApiException exception) when (CannotBeTried(exception))
            {
                return plan;
            }
            catch (Exception exception) when (exception is KubeApiException or KubeConnectionException or ManifestException)
            {
                return plan with { Pod = plan.Pod.Failed($"{plan.Pod.Result.Place}: {exception.Message}") };
            }
        }
    }

    /// <summary>Issues the planned credentials and adds them to the workload. If this fails, the credentials are revoked.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="replaces">Whether to replace existing credentials.</param>
    /// <param name="cancellationToken">Cancels the operation and revokes the credentials, unless the workload already has them.</param>
    public async Task<WrittenWorkload> WriteAsync(PlannedWorkload plan, bool replaces, CancellationToken cancellationToken)
    {
        var issued = new CredentialTransaction(source);
        var isSent = false;
        try
        {
            var credentials = await issued.IssueAsync(plan.Pod, secrets, cancellationToken).ConfigureAwait(false);
            for (var attempt = 1; ; attempt++)
            {
                var edited = plan.Workload.Edit(plan.Pod, PodValues.Of(plan.Pod, credentials));
                try
                {
                    isSent = true;
                    var patched = await plan.Workload.ReplaceTemplateAsync(client, edited, dryRun: false, cancellationToken).ConfigureAwait(false);
                    return new WrittenWorkload { Plan = plan, Workload = patched, Credentials = credentials };
                }
                catch (KubeApiException exception) when (IsConflict(exception) && attempt < Attempts)
                {
                    isSent = false;
                    plan = await ReadAgainAsync(plan, replaces, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (Exception exception)
        {
            var mayHaveArrived = isSent && exception is not KubeApiException { StatusCode: < 500 };
            if (mayHaveArrived && await FindAsync(plan.Pod.Result.Object, issued.Leases).ConfigureAwait(false) is var (isKnown, found))
            {
                if (found is not null)
                    return new WrittenWorkload { Plan = plan, Workload = found, Credentials = issued.Leases };
                if (!isKnown)
                    return Failed(plan, exception, "It is unknown whether it was changed, so the issued credentials are kept: if it was not changed, the next sweep revokes them.");
            }

            var left = await issued.RevokeAsync().ConfigureAwait(false);
            if (exception is OperationCanceledException && cancellationToken.IsCancellationRequested && left is null)
                throw;
            return Failed(plan, exception, $"It was not changed. {left ?? "The issued credentials are revoked."}");
        }
    }

    private static WrittenWorkload Failed(PlannedWorkload plan, Exception exception, string consequence) =>
        new() { Plan = plan, Error = $"{plan.Pod.Result.Place}: {exception.Message} {consequence}" };

    private async Task<PlannedWorkload> ReadAsync(ObjectReference reference, CredentialDelivery? delivery, bool replaces, CancellationToken cancellationToken)
    {
        var workload = await LiveWorkload.ReadAsync(client, reference, cancellationToken).ConfigureAwait(false);
        return new PlannedWorkload(workload, workload.Plan(options, delivery, replaces, force));
    }

    /// <summary>Plans again for a workload that changed, with the credentials that are already issued.</summary>
    /// <exception cref="InvalidOperationException">The workload no longer requests these credentials.</exception>
    private async Task<PlannedWorkload> ReadAgainAsync(PlannedWorkload before, bool replaces, CancellationToken cancellationToken)
    {
        var delivery = before.Pod.Secret is null ? CredentialDelivery.Value : CredentialDelivery.Secret;
        var again = await ReadAsync(before.Pod.Result.Object, delivery, replaces, cancellationToken).ConfigureAwait(false);
        if (again.Workload.Object.Uid != before.Workload.Object.Uid)
            throw new InvalidOperationException("It was deleted and created again in the meantime. Try again.");
        if (again.Pod.Result.Status == InjectionStatus.AlreadyInjected)
            throw new InvalidOperationException("Another user or program injected it in the meantime. Check its credentials.");
        return again with
        {
            Pod = again.Pod.ForCredentialsOf(before.Pod) ?? throw new InvalidOperationException("It changed in the meantime and no longer requests the same credentials. Try again."),
        };
    }

    /// <summary>Checks whether a workload has the credentials. Ignores cancellation, which can be the cause of the uncertainty.</summary>
    /// <returns>Whether the state is known, and the workload if it has the credentials.</returns>
    private async Task<(bool IsKnown, LiveWorkload? Found)> FindAsync(ObjectReference reference, IReadOnlyList<IssuedLease> issued)
    {
        using var limit = new CancellationTokenSource(CredentialSource.CleanupTimeout, source.Time);
        try
        {
            // The server can still process an interrupted request.
            for (var check = 1; ; check++)
            {
                var workload = await LiveWorkload.ReadAsync(client, reference, limit.Token).ConfigureAwait(false);
                if (issued.All(lease => workload.Leases.Contains(lease.Record.Uuid)))
                    return (true, workload);
                if (check == MaximumChecks)
                    return (true, null);
                await Task.Delay(CheckInterval, source.Time, limit.Token).ConfigureAwait(false);
            }
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.NotFound)
        {
            return (true, null);
        }
        catch (Exception exception) when (exception is KubeApiException or KubeConnectionException or OperationCanceledException or ObjectDisposedException)
        {
            return (false, null);
        }
    }

    internal static bool IsConflict(KubeApiException exception) => exception.Reason == KubeApiReason.Conflict;

    // The server refuses a dry run if a webhook declares side effects.
    // (https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#side-effects)
    internal static bool CannotBeTried(KubeApiException exception) =>
        exception.Reason == KubeApiReason.BadRequest && exception.Message.Contains("does not support dry run", StringComparison.Ordinal);
}
