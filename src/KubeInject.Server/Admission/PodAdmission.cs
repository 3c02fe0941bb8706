using KubeInject.Annotations;
using KubeInject.Injection;
using KubeInject.Kubernetes.Objects;
using KubeInject.Manifests;
using KubeInject.Manifests.Editing;
using KubeInject.Manifests.Syntax;

namespace KubeInject.Admission;

/// <summary>
/// Admits pods: adds variables that refer to a Secret which does not exist yet, and the UUIDs of the leases. It issues nothing,
/// calls no server and keeps no state.
/// </summary>
/// <remarks>
/// A pod never keeps UUIDs that it brings together with references to their Secret, whether this webhook has added both earlier
/// in the same admission, or they were copied from another pod. The UUIDs and the name of the Secret are then replaced. A pod
/// that brings UUIDs and gets its variables in another way was injected before it was created, and is unchanged.
/// </remarks>
/// <param name="options">The label key and the default mount path.</param>
/// <param name="newUuid">Returns a new UUID for a lease.</param>
internal sealed class PodAdmission(InjectionOptions options, Func<Guid> newUuid)
{
    /// <summary>Reviews a request of the API server.</summary>
    /// <param name="body">The body of the HTTP request. It can be any bytes.</param>
    /// <returns>The response.</returns>
    public AdmissionResponse Review(ReadOnlySpan<byte> body)
    {
        try
        {
            var review = AdmissionReview.Parse(body);
            return review.IsPodCreation ? Review(review, review.ReadPod()) : AdmissionResponse.Unchanged(review, []);
        }
        catch (ManifestException exception)
        {
            return AdmissionResponse.Invalid(exception.Problem);
        }
    }

    private AdmissionResponse Review(AdmissionReview review, ManifestPodTemplate template)
    {
        var reference = template.Template.Object with { Namespace = review.Namespace };
        return Decide(review, template) with { Pod = reference };
    }

    private AdmissionResponse Decide(AdmissionReview review, ManifestPodTemplate template)
    {
        // The API server refuses a pod without containers with a clear message.
        var pod = template.Template;
        if (pod.Labels.GetValueOrDefault(options.LabelKey) != MetadataChecks.LabelValue || pod.Containers.Count == 0)
            return AdmissionResponse.Unchanged(review, []);

        // Without positions, which have no meaning in a request.
        var injection = PodInjectionReader.Read(pod, options);
        var warnings = AdmissionResponse.WarningsOf(injection.Findings);
        var previous = PodSecret.UuidOf(pod);
        if (injection.State == InjectionState.None || (previous is null && IsInjectedElsewhere(injection)))
            return AdmissionResponse.Unchanged(review, warnings);
        if (ObstacleTo(injection) is { } obstacle)
            return AdmissionResponse.Refused(review, warnings, obstacle);

        var planned = PlannedPod.For(template, injection, CredentialDelivery.Secret, review.Namespace, replaces: true);
        if (planned.Plan is not null)
            return AdmissionResponse.Patched(review, warnings, new JsonPatch(template.Node).Write(Render(template, planned, previous)));
        return previous is null ? AdmissionResponse.Unchanged(review, warnings) : AdmissionResponse.Refused(review, warnings, NotAgain(previous.Value));
    }

    /// <summary>Whether a pod was injected before it was created: it has UUIDs, and a container has all variables.</summary>
    private static bool IsInjectedElsewhere(PodInjection injection) =>
        injection.State == InjectionState.Injected
        && injection.Pod.Containers.Any(container => injection.Databases.All(database => database.AllVariables.All(container.Variables.Contains)));

    private static string? ObstacleTo(PodInjection injection)
    {
        if (injection.HasErrors)
            return string.Join(" ", injection.Findings.Where(finding => finding.Severity == FindingSeverity.Error).Select(AdmissionResponse.TextOf));
        return InjectionPlan.For(injection).FindReference() is { } reference ? AdmissionResponse.TextOf(reference) : null;
    }

    private static string NotAgain(Guid previous) =>
        $"Annotation '{InjectionAnnotation.Uuid}' and variables of the pod refer to the Secret '{PodSecret.NameOf(previous)}' of another pod, but the pod requests no credentials that could replace them. "
        + "Remove the annotation and these variables.";

    private List<ManifestChange> Render(ManifestPodTemplate template, PlannedPod planned, Guid? previous)
    {
        List<Guid> uuids = [.. planned.Plan!.Databases.Select(_ => newUuid())];
        var secret = new DeliverySecret(new ObjectReference("Secret", planned.Secret!.Reference.Namespace, PodSecret.NameOf(uuids[0])), planned.Plan);
        var changes = PodRenderer.Render(template, planned with { Secret = secret }, new PodValues(uuids, []));
        if (previous is not null)
            changes = changes.Concat(Redirect(template, planned, PodSecret.NameOf(previous.Value), secret.Reference.Name));
        return [.. changes];
    }

    /// <summary>Changes the other variables that refer to the previous Secret, so that they refer to the new one.</summary>
    private static IEnumerable<ManifestChange> Redirect(ManifestPodTemplate template, PlannedPod planned, string previous, string name)
    {
        var replaced = planned.Plan!.Variables.Select(variable => variable.Name).ToHashSet(StringComparer.Ordinal);
        return
            from container in template.Containers
            from item in (container.Node.Find("env")?.Value as SequenceNode)?.Items.OfType<MappingNode>() ?? []
            where item.Find("name")?.Value is not ScalarNode { Value: var variable } || !replaced.Contains(variable)
            let reference = (item.Find("valueFrom")?.Value as MappingNode)?.Find("secretKeyRef")?.Value as MappingNode
            let entry = reference?.Find("name")
            where (entry?.Value as ScalarNode)?.Value == previous
            select new SetEntry(entry, entry.Key.Value, name);
    }
}
