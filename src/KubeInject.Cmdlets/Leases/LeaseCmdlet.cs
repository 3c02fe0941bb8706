using System.Management.Automation;
using KubeInject.Cmdlets.Completion;
using KubeInject.Cmdlets.Connections;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Leases;

namespace KubeInject.Cmdlets.Leases;

/// <summary>The base class of cmdlets that process leases from the pipeline, or leases that are specified by UUID.</summary>
public abstract class LeaseCmdlet : ConnectedCmdlet
{
    private protected const string FromPipeline = "Lease";
    private protected const string FromUuid = "Uuid";

    private Dictionary<Guid, CredentialLease>? known;
    private IReadOnlyList<UnreadableRecord> unreadable = [];
    private int done;

    [Parameter(ParameterSetName = FromPipeline, Mandatory = true, Position = 0, ValueFromPipeline = true, HelpMessage = "Specifies leases, as returned by Get-CredentialLease. Each lease refers to its source.")]
    [ValidateNotNullOrEmpty]
    public CredentialLease[]? Lease { get; set; }

    [Parameter(ParameterSetName = FromUuid, HelpMessage = "Specifies the source of the leases, as created by New-CredentialSource. The default is the source that New-CredentialSource -Default created in this session.")]
    [ArgumentCompleter(typeof(VariableCompleter))]
    [ValidateNotNull]
    public CredentialSource? CredentialSource { get; set; }

    [Parameter(ParameterSetName = FromUuid, Mandatory = true, ValueFromPipelineByPropertyName = true, HelpMessage = "Specifies the UUIDs of the leases, as in the uuid annotations of the pods.")]
    [ArgumentCompleter(typeof(LeaseCompleter))]
    [ValidateNotNullOrEmpty]
    public Guid[]? Uuid { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var lease in Lease ?? [])
            Process(lease, Lease!.Length);
        if (Uuid is not null)
            CredentialSource = RequireSource(CredentialSource);
        foreach (var uuid in Uuid ?? [])
        {
            if (Known().TryGetValue(uuid, out var lease))
                Process(lease, Uuid!.Length);
            else
                WriteError(unreadable.FirstOrDefault(record => record.Uuid == uuid) is { } record ? Errors.LeaseUnreadable(record) : Errors.LeaseNotFound(uuid, CredentialSource!.Name));
        }
    }

    /// <summary>Processes one lease.</summary>
    private protected abstract void ProcessLease(CredentialLease lease);

    /// <summary>The activity that the progress bar shows.</summary>
    private protected abstract string ActivityName { get; }

    /// <summary>Returns the target for ShouldProcess: the lease, its user and its source.</summary>
    private protected static string TargetOf(CredentialLease lease) =>
        $"{lease}{(lease.Username is null ? "" : $", user {lease.Username}")}, of the source '{lease.Source}'{(lease.ToRecord().ServerName is { } serverName ? $" at {serverName}" : "")}";

    // With pipeline input, the number of leases is not known.
    private void Process(CredentialLease lease, int given)
    {
        Progress.Report(new ProgressStep(ActivityName, done++, MyInvocation.ExpectingInput ? null : given) { Current = $"{lease}" });
        ProcessLease(lease);
    }

    private Dictionary<Guid, CredentialLease> Known()
    {
        if (known is null)
        {
            var client = FindConnection()?.Objects;
            RunOrEnd(CredentialSource!.Name, async (_, cancellationToken) =>
            {
                var leases = await new LeaseInventory(CredentialSource, client).ListAsync(cancellationToken).ConfigureAwait(false);
                known = leases.ToDictionary(lease => lease.Uuid);
                unreadable = leases.Unreadable;
            });
        }

        return known!;
    }
}
