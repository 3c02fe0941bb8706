using KubeInject.Annotations;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;
using KubeInject.Manifests;

namespace KubeInject.Injection.Workloads;

/// <summary>Puts credentials into the pod template of a workload of the cluster, and changes nothing else there.</summary>
internal sealed class WorkloadWriter(CredentialSource source, InjectionOptions options, KubeObjectClient client)
{
    /// <summary>How often it is tried anew where the workload has changed meanwhile.</summary>
    internal const int Attempts = 10;

    /// <summary>How often, and after what wait, it is looked whether a change has arrived whose answer has not.</summary>
    private const int Looks = 5;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(250);

    private readonly SecretWriter secrets = new(client);

    /// <summary>Plans, and has the server go through all that would be written. Issues nothing, writes nothing.</summary>
    /// <param name="reference">The workload.</param>
    /// <param name="delivery">How it is to get its credentials; null for the way in which it has them.</param>
    /// <param name="replaces">Whether to replace existing credentials.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The plan; one that failed says why.</returns>
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
                await plan.Workload.ReplaceTemplateAsync(client, plan.Workload.Edit(plan.Pod.TrialChanges), dryRun: true, cancellationToken).ConfigureAwait(false);
                return plan;
            }
            catch (KubeApiException exception) when (IsConflict(exception) && attempt < Attempts)
            {
                // It has changed since it was read a moment ago.
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

    /// <summary>Issues what was planned and puts it in. Whatever fails after issuing has it revoked.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="replaces">Whether to replace existing credentials.</param>
    /// <param name="cancellationToken">Stops, as a failure does; not once the workload has the credentials.</param>
    public async Task<WrittenWorkload> WriteAsync(PlannedWorkload plan, bool replaces, CancellationToken cancellationToken)
    {
        var issued = new CredentialTransaction(source);
        var isSent = false;
        try
        {
            var credentials = await issued.IssueAsync(plan.Pod, secrets, cancellationToken).ConfigureAwait(false);
            for (var attempt = 1; ; attempt++)
            {
                var edited = plan.Workload.Edit(template => plan.Pod.Changes(template, credentials));
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
        return new PlannedWorkload(workload, workload.Plan(options, delivery, replaces));
    }

    /// <summary>Plans anew for a workload that has changed, for the credentials that were issued already.</summary>
    /// <exception cref="InvalidOperationException">They are no longer what it asks for.</exception>
    private async Task<PlannedWorkload> ReadAgainAsync(PlannedWorkload before, bool replaces, CancellationToken cancellationToken)
    {
        var delivery = before.Pod.Delivery!.Secret is null ? CredentialDelivery.Value : CredentialDelivery.Secret;
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

    /// <summary>Looks whether a workload has credentials after all. Not cancelled with the attempt: that may be what made it uncertain.</summary>
    /// <returns>Whether it is known; and the workload, if it has them.</returns>
    private async Task<(bool IsKnown, LiveWorkload? Found)> FindAsync(ObjectReference reference, IReadOnlyList<IssuedLease> issued)
    {
        using var limit = new CancellationTokenSource(CredentialSource.CleanupTimeout, source.Time);
        try
        {
            // A request that broke off may still be on its way through the server.
            for (var look = 1; ; look++)
            {
                var workload = await LiveWorkload.ReadAsync(client, reference, limit.Token).ConfigureAwait(false);
                if (issued.All(lease => workload.Leases.Contains(lease.Record.Uuid)))
                    return (true, workload);
                if (look == Looks)
                    return (true, null);
                await Task.Delay(BetweenLooks, source.Time, limit.Token).ConfigureAwait(false);
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

    // A webhook that says of itself that it has effects keeps the server from going through a change without making it.
    // (https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#side-effects)
    internal static bool CannotBeTried(KubeApiException exception) =>
        exception.Reason == KubeApiReason.BadRequest && exception.Message.Contains("does not support dry run", StringComparison.Ordinal);
}
