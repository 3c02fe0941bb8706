using System.Management.Automation;
using KubeInject.Annotations;
using KubeInject.Cmdlets.Completion;
using KubeInject.Cmdlets.Connections;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.Cmdlets.Leases;

/// <summary>Gets the credential leases of a source, with their owners and states.</summary>
[Cmdlet(VerbsCommon.Get, "CredentialLease", DefaultParameterSetName = EveryNamespace)]
[OutputType(typeof(CredentialLease))]
public sealed class GetCredentialLeaseCommand : ConnectedCmdlet
{
    private const string OneNamespace = "Namespace";
    private const string EveryNamespace = "AllNamespaces";
    private const string OfPods = "Pods";

    private readonly List<(string? Namespace, string Name)> pods = [];
    private readonly HashSet<Guid> ofPods = [];

    [Parameter(Position = 0, HelpMessage = "Specifies the source of the leases, as created by New-CredentialSource. The default is the source that New-CredentialSource -Default created in this session.")]
    [ArgumentCompleter(typeof(VariableCompleter))]
    [ValidateNotNull]
    public CredentialSource? CredentialSource { get; set; }

    [Parameter(ParameterSetName = OfPods, Mandatory = true, ValueFromPipeline = true, HelpMessage = "Specifies the pods to get leases for, as returned by Get-KubePod.")]
    [ValidateNotNull]
    public Pod? InputObject { get; set; }

    [Parameter(HelpMessage = "Specifies the UUIDs of the leases, as in the uuid annotations of the pods. The default is all leases.")]
    [ArgumentCompleter(typeof(LeaseCompleter))]
    [ValidateNotNullOrEmpty]
    public Guid[]? Uuid { get; set; }

    [Parameter(ParameterSetName = OneNamespace, HelpMessage = "Specifies the names of the pods that use the leases. Wildcards are allowed. The default is all pods.")]
    [Parameter(ParameterSetName = EveryNamespace, HelpMessage = "Specifies the names of the pods that use the leases. Wildcards are allowed. The default is all pods.")]
    [ArgumentCompleter(typeof(LeaseOwnerCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Pod { get; set; }

    [Parameter(HelpMessage = "Specifies the workloads that the leases were issued for, by name or as deployment/orders. Wildcards are allowed. The default is all workloads.")]
    [ArgumentCompleter(typeof(LeaseOwnerCompleter))]
    [SupportsWildcards]
    [NameOfObject]
    [ValidateNotNullOrEmpty]
    public string[]? Workload { get; set; }

    [Parameter(ParameterSetName = OneNamespace, Mandatory = true, HelpMessage = "Specifies the namespaces of the leases. Wildcards are allowed. The default is all namespaces.")]
    [Alias("n")]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Namespace { get; set; }

    [Parameter(ParameterSetName = EveryNamespace, HelpMessage = "Gets leases from all namespaces. This is the default.")]
    [Alias("A")]
    public SwitchParameter AllNamespaces { get; set; }

    [Parameter(HelpMessage = "Specifies the states of the leases to return: Active, Expiring, Expired, Orphaned or Incomplete. The default is all states.")]
    [ValidateNotNullOrEmpty]
    public LeaseState[]? State { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => CredentialSource = RequireSource(CredentialSource);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is null)
            return;
        pods.Add((InputObject.Namespace, InputObject.Name));
        ofPods.UnionWith(InjectionAnnotation.LeasesOf(InputObject.Annotations));
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var connection = FindConnection();
        if (connection is null)
            WriteWarning("There is no connection to a cluster, so the owners of leases cannot be checked, and no lease has the state Orphaned. Run Connect-KubeCluster first.");
        var inventory = new LeaseInventory(CredentialSource!, connection?.Objects, new LeaseOptions { Namespace = Namespace is [var single] && !WildcardPattern.ContainsWildcardCharacters(single) ? single : null });
        RunOrEnd(CredentialSource!.Name, (pipeline, cancellationToken) => WriteAsync(inventory, pipeline, cancellationToken));
    }

    private async Task WriteAsync(LeaseInventory inventory, PipelineThread pipeline, CancellationToken cancellationToken)
    {
        Progress.Report(new ProgressStep($"Reading leases of the source '{CredentialSource!.Name}'", 0));
        var leases = await inventory.ListAsync(cancellationToken).ConfigureAwait(false);
        Progress.Complete();
        await pipeline.InvokeAsync(() =>
        {
            foreach (var lease in leases.Where(IsWanted))
                WriteObject(lease);
            foreach (var unreadable in leases.Unreadable.Where(record => Uuid is null || record.Uuid is null || Uuid.Contains(record.Uuid.Value)))
                WriteError(Errors.LeaseUnreadable(unreadable));
            foreach (var gap in leases.RelevantGaps)
                WriteWarning($"Leases whose owner might exist there do not have the state Orphaned: {gap}");
        }).ConfigureAwait(false);
    }

    private bool IsWanted(CredentialLease lease) =>
        (Uuid is null || Uuid.Contains(lease.Uuid))
        && (Namespace is null || (lease.Namespace is { } @namespace && Matches(Namespace, @namespace)))
        && (State is null || State.Contains(lease.State))
        && (Pod is null || lease.Pods.Any(pod => Matches(Pod, pod)))
        && (Workload is null || (lease.Workload is { } workload && (Matches(Workload, workload.Name) || Matches(Workload, $"{workload.Kind}/{workload.Name}"))))
        && (ParameterSetName != OfPods || ofPods.Contains(lease.Uuid) || pods.Exists(pod => pod.Namespace == lease.Namespace && lease.Pods.Contains(pod.Name)));

    private static bool Matches(string[] patterns, string name) =>
        Array.Exists(patterns, pattern => Wildcards.Pattern(pattern).IsMatch(name));
}
