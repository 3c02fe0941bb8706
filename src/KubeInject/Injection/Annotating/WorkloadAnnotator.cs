using System.Text.Json.Nodes;
using KubeInject.Annotations;
using KubeInject.Injection.Workloads;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Manifests;

namespace KubeInject.Injection.Annotating;

/// <summary>Changes labels and annotations of workloads and pods of a cluster. Changes nothing else.</summary>
internal sealed class WorkloadAnnotator
{
    private readonly AnnotationTask task;
    private readonly KubeObjectClient client;
    private readonly InjectionOptions options;

    /// <summary>Creates an annotator.</summary>
    /// <param name="task">The task.</param>
    /// <param name="client">The cluster.</param>
    /// <param name="options">The label key and the default mount path. Default: <see cref="InjectionOptions.Default"/>.</param>
    public WorkloadAnnotator(AnnotationTask task, KubeObjectClient client, InjectionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(client);
        this.task = task;
        this.client = client;
        this.options = options ?? InjectionOptions.Default;
    }

    /// <summary>Plans the changes and performs a server-side dry run. Writes nothing.</summary>
    /// <param name="workload">The workload or pod, as <see cref="WorkloadName.Parse"/> reads it.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The planned result.</returns>
    /// <exception cref="KubeApiException">The workload cannot be read.</exception>
    public Task<AnnotationResult> PlanAsync(ObjectReference workload, CancellationToken cancellationToken) => RunAsync(workload, dryRun: true, cancellationToken);

    /// <summary>Changes a workload. If it changed after it was read, it is read again.</summary>
    /// <param name="workload">The workload or pod, as <see cref="WorkloadName.Parse"/> reads it.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The result.</returns>
    /// <exception cref="KubeApiException">The workload cannot be read.</exception>
    public Task<AnnotationResult> WriteAsync(ObjectReference workload, CancellationToken cancellationToken) => RunAsync(workload, dryRun: false, cancellationToken);

    private async Task<AnnotationResult> RunAsync(ObjectReference workload, bool dryRun, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(workload);
        var kind = WorkloadKind.Of(workload.Kind) ?? throw new ArgumentException($"{workload} has no pod template that can be changed.", nameof(workload));
        for (var attempt = 1; ; attempt++)
        {
            var current = await kind.GetAsync(client, workload, cancellationToken).ConfigureAwait(false);
            var run = AnnotationRun.Of(task, options, new ManifestText(current.ToJson()));
            var result = WithoutLocation(run.Results[0]);
            if (result.Status != AnnotationStatus.Planned)
                return result;
            try
            {
                await client.PatchAsync(
                    kind.ResourceOf(current), current.Name, Patch(kind, current, run.Contents[0]), current.Namespace, new KubeWriteOptions { DryRun = dryRun }, cancellationToken).ConfigureAwait(false);
                return dryRun ? result : result with { Status = AnnotationStatus.Changed };
            }
            catch (KubeApiException exception) when (WorkloadWriter.IsConflict(exception) && attempt < WorkloadWriter.Attempts)
            {
                // The workload changed after it was read, so it is read again.
            }
            catch (KubeApiException exception) when (dryRun && WorkloadWriter.CannotBeTried(exception))
            {
                return result;
            }
            catch (Exception exception) when (exception is KubeApiException or KubeConnectionException)
            {
                return result with { Status = AnnotationStatus.Failed, Error = $"{result.Place}: {exception.Message}" };
            }
        }
    }

    // The document of an object of a cluster is one long line, in which positions are meaningless.
    private static AnnotationResult WithoutLocation(AnnotationResult result) => result with
    {
        Location = null,
        Findings = result.Findings.Select(finding => finding with { Location = null }).ToArray(),
        Error = result.Error?.Replace(result.Place, $"{result.Object}", StringComparison.Ordinal),
        Warnings = result.Object.Kind != KubeResource.Pods.Kind || result.Status != AnnotationStatus.Planned ? result.Warnings :
        [
            .. result.Warnings,
            $"{result.Object}: The pod already exists, so no injector processes it again. Change its manifest or workload, or use Invoke-CredentialInjection -Workload pod/{result.Object.Name} -Recreate.",
        ],
    };

    private static KubePatch Patch(WorkloadKind kind, KubeObject workload, string edited)
    {
        var operations = new JsonArray(Operation("replace", "/metadata/resourceVersion", workload.ResourceVersion));
        var (before, after) = (JsonNode.Parse(workload.ToJson())!, JsonNode.Parse(edited)!);
        foreach (var path in new[] { "", kind.TemplatePath }.Distinct())
            AddOperations(operations, $"{path}/metadata", At(before, path)["metadata"] as JsonObject, At(after, path)["metadata"] as JsonObject);
        return KubePatch.Json(operations.ToJsonString());
    }

    private static void AddOperations(JsonArray operations, string path, JsonObject? before, JsonObject? after)
    {
        if (before is null)
        {
            if (after is not null)
                operations.Add((JsonNode)Operation("add", path, after.DeepClone()));
            return;
        }

        foreach (var key in (string[])["labels", "annotations"])
        {
            if (after?[key] is { } value && !JsonNode.DeepEquals(value, before[key]))
                operations.Add((JsonNode)Operation("add", $"{path}/{key}", value.DeepClone())); // replaces an existing value (RFC 6902, section 4.1)
            else if (before[key] is not null && after?[key] is null)
                operations.Add((JsonNode)Operation("remove", $"{path}/{key}"));
        }
    }

    private static JsonObject Operation(string name, string path, JsonNode? value = null)
    {
        var operation = new JsonObject { ["op"] = name, ["path"] = path };
        if (value is not null)
            operation["value"] = value;
        return operation;
    }

    private static JsonNode At(JsonNode node, string path)
    {
        foreach (var step in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
            node = node[step]!;
        return node;
    }
}
