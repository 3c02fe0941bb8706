using KubeInject.Annotations;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;
using KubeInject.Manifests;
using KubeInject.Manifests.Editing;

namespace KubeInject.Injection.Workloads;

/// <summary>
/// Injects a pod that no controller manages. A pod cannot be changed, so it is deleted and created again with its
/// credentials. If this fails, the original pod is created again.
/// </summary>
internal sealed class PodRecreation(CredentialSource source, InjectionOptions options, KubeObjectClient client, WorkloadInjectionOptions workloadOptions)
{
    private const string MirrorAnnotation = "kubernetes.io/config.mirror";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly SecretWriter secrets = new(client);

    /// <summary>Plans the recreation and performs a server-side dry run of the deletion and the creation. Issues and writes nothing.</summary>
    public async Task<PlannedRecreation> PlanAsync(ObjectReference reference, CancellationToken cancellationToken)
    {
        var live = await ReadAsync(reference, cancellationToken).ConfigureAwait(false);
        var document = Manifest.Parse(new ManifestText(PodManifest.ForCreation(live))).Documents[0];
        var pod = PlannedPod.Read(document.PodTemplates[0], options, workloadOptions.Delivery, null).WithoutLocation();
        var plan = new PlannedRecreation(live, document, pod);
        if (!pod.IsPlanned)
            return plan;
        var obstacle = await ObstacleAsync(live, cancellationToken).ConfigureAwait(false) ?? LiveWorkload.ObstacleTo(live, "", pod, workloadOptions.Force);
        if (obstacle is not null)
            return plan with { Pod = pod.Failed($"{pod.Result.Place}: {obstacle}") };
        try
        {
            await secrets.DryRunAsync(pod, cancellationToken).ConfigureAwait(false);
            var dryRun = new KubeWriteOptions { DryRun = true };
            var trial = PodManifest.UnderAnotherName(ManifestEditor.Apply(document, [.. PodRenderer.Render(document.PodTemplates[0], pod, PodValues.Placeholders(pod))]));
            await client.CreateAsync(KubeResource.Pods, trial, reference.Namespace, dryRun, cancellationToken).ConfigureAwait(false);
            await client.DeleteAsync(KubeResource.Pods, live.Name, live.Namespace, new KubeDeleteOptions { Uid = live.Uid, DryRun = true }, cancellationToken).ConfigureAwait(false);
            return plan;
        }
        catch (Exception exception) when (exception is KubeApiException or KubeConnectionException or ManifestException)
        {
            return plan with { Pod = pod.Failed($"{pod.Result.Place}: {exception.Message}") };
        }
    }

    /// <summary>Performs the planned recreation.</summary>
    public async Task<InjectionResult> RunAsync(PlannedRecreation plan, CancellationToken cancellationToken)
    {
        if (!plan.Pod.IsPlanned)
            return plan.Pod.Result;
        PodBackup backup;
        try
        {
            backup = await PodBackup.WriteAsync(BackupOf(plan.Pod.Result.Object), plan.Document.Text, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return plan.Pod.Failed($"{plan.Pod.Result.Place}: The manifest cannot be saved, so the pod is not deleted. {exception.Message}").Result;
        }

        var issued = new CredentialTransaction(source);
        var isDeletionSent = false;
        var isLost = false;
        try
        {
            var credentials = await issued.IssueAsync(plan.Pod, secrets, cancellationToken).ConfigureAwait(false);
            var injected = KubeObject.Parse(ManifestEditor.Apply(plan.Document, [.. PodRenderer.Render(plan.Document.PodTemplates[0], plan.Pod, PodValues.Of(plan.Pod, credentials))]));
            await DeleteAsync(plan.Live, () => isDeletionSent = true, cancellationToken).ConfigureAwait(false);
            var created = await client.CreateAsync(KubeResource.Pods, injected, plan.Live.Namespace, null, cancellationToken).ConfigureAwait(false);
            await OwnSecretAsync(plan.Pod, created, cancellationToken).ConfigureAwait(false);
            return plan.Pod.Completed(credentials);
        }
        catch (Exception exception)
        {
            var (state, text) = isDeletionSent ? await RestoreAsync(plan, backup, issued.Leases).ConfigureAwait(false) : (PodState.Untouched, "It was not deleted.");
            isLost = state == PodState.Lost;
            if (state == PodState.Injected)
                return plan.Pod.Completed(issued.Leases);
            var left = await issued.RevokeAsync().ConfigureAwait(false);
            if (exception is OperationCanceledException && cancellationToken.IsCancellationRequested && !isLost && left is null)
                throw;
            var result = plan.Pod.Failed($"{plan.Pod.Result.Place}: {exception.Message} {text} {left ?? "The issued credentials are revoked."}").Result;
            return isLost ? result with { Manifest = new SensitiveString(plan.Document.Text) } : result;
        }
        finally
        {
            if (!isLost)
                backup.Remove();
        }
    }

    /// <summary>The path of the backup of a pod.</summary>
    public string BackupOf(ObjectReference pod) => PodBackup.PathOf(workloadOptions.BackupFolder, client.Server, pod with { Namespace = pod.Namespace ?? client.Namespace });

    private async Task<KubeObject> ReadAsync(ObjectReference reference, CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetAsync(KubeResource.Pods, reference.Name, reference.Namespace, cancellationToken).ConfigureAwait(false);
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.NotFound && workloadOptions.Recreate && File.Exists(BackupOf(reference)))
        {
            throw new KubeApiException(
                exception.StatusCode,
                exception.Reason,
                $"{exception.Message.TrimEnd('.')}. A process deleted it, but ended before it could create it again. Its manifest is in {BackupOf(reference)}: run 'kubectl create -f' with this file, then run this command again.")
            {
                Details = exception.Details,
                Causes = exception.Causes,
            };
        }
    }

    private enum PodState
    {
        Untouched,
        Injected,
        Restored,
        Lost,
    }

    private async Task<string?> ObstacleAsync(KubeObject live, CancellationToken cancellationToken)
    {
        var pod = Pod.Parse(live.ToJson());
        if (pod.OwnerReferences.FirstOrDefault(owner => owner.Controller) is { } controller)
            return $"It belongs to {await WorkloadOfAsync(pod, controller, cancellationToken).ConfigureAwait(false)}, which would replace it with a pod without credentials. Inject that workload.";
        if (pod.Annotations.ContainsKey(MirrorAnnotation))
            return "It is the mirror of a static pod, which the kubelet of its node reads from a file. Inject that file.";
        return workloadOptions.Recreate ? null : "The variables of an existing pod cannot be changed. Delete the pod and create it again with -Recreate, or inject its manifest.";
    }

    /// <summary>Returns the workload that the user has to inject instead of the pod: the owner of its controller, or the controller.</summary>
    private async Task<string> WorkloadOfAsync(Pod pod, OwnerReference controller, CancellationToken cancellationToken)
    {
        var resource = controller.Kind switch
        {
            "ReplicaSet" => KubeResource.ReplicaSets,
            "Job" => KubeResource.Jobs,
            _ => null,
        };
        try
        {
            var owner = resource is null ? null : await client.GetAsync(resource, controller.Name, pod.Namespace, cancellationToken).ConfigureAwait(false);
            var above = owner?.ToElement().Get("metadata").Get("ownerReferences").Items().FirstOrDefault(reference => reference.IsTrue("controller"));
            if (above?.Text("kind") is { } kind && above.Value.Text("name") is { } name)
                return new ObjectReference(kind, pod.Namespace, name).ToString();
        }
        catch (KubeApiException)
        {
            // Without the owner, the controller is returned.
        }

        return new ObjectReference(controller.Kind, pod.Namespace, controller.Name).ToString();
    }

    /// <summary>Deletes the pod with its UID and waits until it no longer exists.</summary>
    private async Task DeleteAsync(KubeObject pod, Action sending, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(workloadOptions.RecreateTimeout, source.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var query = new KubeQuery { Namespace = pod.Namespace, FieldSelector = $"metadata.name={pod.Name}" };
        var events = client.WatchAsync(KubeResource.Pods, query, either.Token).GetAsyncEnumerator(either.Token);
        await using var _ = events.ConfigureAwait(false);
        try
        {
            // The watch starts before the deletion, so that it cannot miss the event.
            await events.MoveNextAsync().ConfigureAwait(false);
            sending();
            await client.DeleteAsync(KubeResource.Pods, pod.Name, pod.Namespace, new KubeDeleteOptions { Uid = pod.Uid }, either.Token).ConfigureAwait(false);
            while (events.Current is not { Type: KubeEventType.Deleted } gone || gone.Object.Uid != pod.Uid)
                await events.MoveNextAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(FormattableString.Invariant($"It still existed after {workloadOptions.RecreateTimeout.TotalSeconds:0} s."));
        }
    }

    /// <summary>Makes the pod the owner of its Secret, so that the Secret is deleted with the pod.</summary>
    private async Task OwnSecretAsync(PlannedPod pod, KubeObject created, CancellationToken cancellationToken)
    {
        if (pod.Secret is not { } secret)
            return;
        try
        {
            await secrets.SetOwnerAsync(secret.Reference, created, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is KubeApiException or KubeConnectionException or OperationCanceledException)
        {
            // The pod has its credentials. Without an owner, the Secret is deleted with its leases.
        }
    }

    /// <summary>
    /// Creates the original pod again if there is no pod. Ignores cancellation. Waits for the termination of the deleted pod,
    /// because no other pod with its name can be created before.
    /// </summary>
    private async Task<(PodState State, string Text)> RestoreAsync(PlannedRecreation plan, PodBackup backup, IReadOnlyList<IssuedLease> issued)
    {
        var grace = TimeSpan.FromSeconds(plan.Live.ToElement().Get("spec").Long("terminationGracePeriodSeconds"));
        using var limit = new CancellationTokenSource(CredentialSource.CleanupTimeout + grace, source.Time);
        var why = "";
        try
        {
            while (true)
            {
                try
                {
                    if (await TryRestoreAsync(plan, issued, limit.Token).ConfigureAwait(false) is { } done)
                        return done;
                }
                catch (Exception exception) when (exception is KubeApiException or KubeConnectionException)
                {
                    why = $" {exception.Message}";
                }

                await Task.Delay(Pause, source.Time, limit.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            return (PodState.Lost, $"The pod was deleted, but could not be created again:{(why.Length == 0 ? " the deleted pod has not terminated yet." : why)} Its manifest is in {backup.Path} and in the result's Manifest: run 'kubectl create -f' with the file.");
        }
    }

    /// <summary>Tries once to restore the pod. Returns null if the deleted pod has not terminated yet.</summary>
    private async Task<(PodState State, string Text)?> TryRestoreAsync(PlannedRecreation plan, IReadOnlyList<IssuedLease> issued, CancellationToken cancellationToken)
    {
        try
        {
            var found = await client.GetAsync(KubeResource.Pods, plan.Live.Name, plan.Live.Namespace, cancellationToken).ConfigureAwait(false);
            var metadata = found.ToElement().Get("metadata");
            if (found.Uid == plan.Live.Uid)
                return metadata.Get("deletionTimestamp").Exists() ? null : (PodState.Untouched, "It was not deleted.");
            var leases = InjectionAnnotation.LeasesOf(metadata.Get("annotations").Texts()).ToList();
            return issued.Count > 0 && issued.All(lease => leases.Contains(lease.Record.Uuid))
                ? (PodState.Injected, "")
                : (PodState.Restored, "It was deleted, and another user or program created a pod with the same name.");
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.NotFound)
        {
            await client.CreateAsync(KubeResource.Pods, KubeObject.Parse(plan.Document.Text), plan.Live.Namespace, null, cancellationToken).ConfigureAwait(false);
            return (PodState.Restored, "It was deleted, and was created again as it was.");
        }
    }
}
