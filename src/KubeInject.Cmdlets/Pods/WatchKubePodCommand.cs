using System.Management.Automation;
using KubeInject.Cmdlets.Completion;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Cmdlets.Pods;

/// <summary>Watches pods of the connected cluster and returns their changes.</summary>
[Cmdlet(VerbsCommon.Watch, "KubePod", DefaultParameterSetName = OneNamespace)]
[OutputType(typeof(PodEvent))]
public sealed class WatchKubePodCommand : NamespacedCmdlet
{
    [Parameter(Position = 0, HelpMessage = "Specifies the names of pods. Wildcards are allowed and ignore case. The default is all pods.")]
    [ArgumentCompleter(typeof(ObjectNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    [Parameter(ParameterSetName = OneNamespace, ValueFromPipelineByPropertyName = true, HelpMessage = "Specifies the namespace. The default is the namespace of the connection.")]
    [Alias("n")]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }

    [Parameter(HelpMessage = "Specifies how many seconds to watch, from 1 to 2,000,000. When the time runs out, the cmdlet ends without an error. If you do not specify a time, it runs until you press Ctrl+C.")]
    [ValidateRange(1, 2_000_000)]
    public int? TimeoutSec { get; set; }

    [Parameter(HelpMessage = "Specifies the number of events to return. Only events of pods that match -Name count. If you do not specify a number, the cmdlet runs until you press Ctrl+C.")]
    [ValidateRange(1, int.MaxValue)]
    public int? First { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var connection = RequireConnection();
        var single = Name is [var name] && !WildcardPattern.ContainsWildcardCharacters(name) ? name : null;
        var patterns = single is null ? Name?.Select(Wildcards.Pattern).ToList() : null;
        Run(single ?? Namespace, async (pipeline, cancellationToken) =>
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            if (TimeoutSec is { } seconds)
                limit.CancelAfter(TimeSpan.FromSeconds(seconds));
            var events = connection.WatchPodsAsync(Query(Namespace, single is null ? null : FieldOfName(single)), limit.Token);
            try
            {
                await WriteAsync(pipeline, events, podEvent => patterns?.Exists(pattern => pattern.IsMatch(podEvent.Pod.Name)) ?? true).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                // -TimeoutSec has elapsed, which is not an error.
            }
        });
    }

    private async Task WriteAsync(PipelineThread pipeline, IAsyncEnumerable<PodEvent> events, Func<PodEvent, bool> isWanted)
    {
        var count = 0;
        await foreach (var podEvent in events.ConfigureAwait(false))
        {
            if (!isWanted(podEvent))
                continue;
            await pipeline.InvokeAsync(() => WriteObject(podEvent)).ConfigureAwait(false);
            if (++count == First)
                return;
        }
    }
}
