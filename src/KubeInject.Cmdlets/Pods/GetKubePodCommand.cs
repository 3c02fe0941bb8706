using System.Management.Automation;
using KubeInject.Kubernetes;

namespace KubeInject.Cmdlets;

/// <summary>Gets pods of the connected cluster.</summary>
[Cmdlet(VerbsCommon.Get, "KubePod", DefaultParameterSetName = OneNamespace)]
[OutputType(typeof(Pod))]
public sealed class GetKubePodCommand : ConnectedCmdlet
{
    private const string OneNamespace = "Namespace";
    private const string EveryNamespace = "AllNamespaces";

    /// <summary>The pods' names.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "Names of pods; with wildcards, those that match. Default: all.")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    /// <summary>The namespace.</summary>
    [Parameter(ParameterSetName = OneNamespace, ValueFromPipelineByPropertyName = true, HelpMessage = "The namespace. Default: that of the connection.")]
    [Alias("n")]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }

    /// <summary>Whether to look into every namespace.</summary>
    [Parameter(ParameterSetName = EveryNamespace, Mandatory = true, HelpMessage = "Look into every namespace.")]
    [Alias("A")]
    public SwitchParameter AllNamespaces { get; set; }

    /// <summary>A label selector.</summary>
    [Parameter(HelpMessage = "Only pods with these labels, in Kubernetes' words: 'app=orders,tier in (web,api)'.")]
    [Alias("l", "Selector")]
    [ValidateNotNullOrEmpty]
    public string? LabelSelector { get; set; }

    /// <summary>A field selector.</summary>
    [Parameter(HelpMessage = "Only pods with these fields, in Kubernetes' words: 'spec.nodeName=node-1,status.phase!=Running'.")]
    [ValidateNotNullOrEmpty]
    public string? FieldSelector { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var connection = RequireConnection();
        var exact = Name?.Where(name => !WildcardPattern.ContainsWildcardCharacters(name)).ToList() ?? [];
        var patterns = Name?.Except(exact).Select(name => new WildcardPattern(name, WildcardOptions.IgnoreCase)).ToList();
        var canGet = !AllNamespaces && LabelSelector is null && FieldSelector is null;
        foreach (var name in exact)
        {
            Run(name, (pipeline, cancellationToken) => TellingRequestsAsync(connection, pipeline, async () =>
            {
                if (canGet)
                    await WriteAsync(pipeline, await connection.GetPodAsync(name, Namespace, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
                else
                    await ListAsync(connection, pipeline, Query($"metadata.name={name}"), _ => true, cancellationToken).ConfigureAwait(false);
            }));
        }

        if (patterns is null or { Count: > 0 })
        {
            Run(Namespace, (pipeline, cancellationToken) => TellingRequestsAsync(connection, pipeline, () =>
                ListAsync(connection, pipeline, Query(null), pod => patterns is null || patterns.Exists(pattern => pattern.IsMatch(pod.Name)), cancellationToken)));
        }
    }

    private KubeQuery Query(string? field) => new()
    {
        Namespace = Namespace,
        AllNamespaces = AllNamespaces,
        LabelSelector = LabelSelector,
        FieldSelector = string.Join(',', new[] { FieldSelector, field }.OfType<string>()) is { Length: > 0 } fields ? fields : null,
    };

    private async Task ListAsync(KubeConnection connection, PipelineThread pipeline, KubeQuery query, Func<Pod, bool> isWanted, CancellationToken cancellationToken)
    {
        await foreach (var pod in connection.ListPodsAsync(query, cancellationToken).ConfigureAwait(false))
        {
            if (isWanted(pod))
                await WriteAsync(pipeline, pod).ConfigureAwait(false);
        }
    }

    private Task WriteAsync(PipelineThread pipeline, Pod pod) => pipeline.InvokeAsync(() => WriteObject(pod));
}
