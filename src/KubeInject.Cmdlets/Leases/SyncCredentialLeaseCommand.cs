using System.Management.Automation;
using KubeInject.Cmdlets.Completion;
using KubeInject.Cmdlets.Connections;
using KubeInject.Cmdlets.Injection;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Kubernetes.Connection;
using KubeInject.Leases;

namespace KubeInject.Cmdlets.Leases;

/// <summary>Renews the leases of a source that are in use, and revokes orphaned and incomplete leases.</summary>
[Cmdlet(VerbsData.Sync, "CredentialLease", SupportsShouldProcess = true)]
[OutputType(typeof(LeaseSweepSummary))]
public sealed class SyncCredentialLeaseCommand : ConnectedCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true, HelpMessage = "Specifies the source whose leases to manage, as created by New-CredentialSource. The default is the source that New-CredentialSource -Default created in this session.")]
    [ArgumentCompleter(typeof(VariableCompleter))]
    [ValidateNotNull]
    public CredentialSource? CredentialSource { get; set; }

    [Parameter(HelpMessage = "Specifies the namespace of the leases. Owners are searched for in all namespaces. The default is leases of all namespaces.")]
    [Alias("n")]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }

    [Parameter(HelpMessage = "Specifies the minimum age at which a lease without an owner is revoked, because a new pod may not exist yet. The default is 5 minutes (00:05:00), and 0 is allowed. Specify a time span: PowerShell reads a number as ticks of 100 nanoseconds.")]
    public TimeSpan GracePeriod { get; set; } = new LeaseOptions().GracePeriod;

    [Parameter(HelpMessage = "Specifies how many leases are renewed or revoked at the same time, from 1 to 256. The default is 16.")]
    [ValidateRange(1, 256)]
    public int ThrottleLimit { get; set; } = new LeaseOptions().Concurrency;

    [Parameter(HelpMessage = "Does not search for owners among custom resources, for example if you do not have the permission to list them. Leases that were issued for custom resources are then not revoked.")]
    public SwitchParameter SkipCustomResource { get; set; }

    [Parameter(HelpMessage = "Specifies how many seconds the sweep can take, from 1 to 2,000,000, not including the time for confirmations. The default is 3600. When the time runs out, the sweep stops, and the next sweep continues.")]
    [ValidateRange(1, 2_000_000)]
    public int TimeoutSec { get; set; } = (int)LeaseOptions.DefaultTimeout.TotalSeconds;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var connection = RequireConnection();
        var source = RequireSource(CredentialSource);
        if (GracePeriod != TimeSpan.Zero && GracePeriod < TimeSpan.FromSeconds(1))
            ThrowTerminatingError(Errors.TimeTooShort(nameof(GracePeriod), GracePeriod));
        var options = new LeaseOptions { Namespace = Namespace, GracePeriod = GracePeriod, Concurrency = ThrottleLimit, SkipCustomResources = SkipCustomResource };
        var sweep = new LeaseSweep(source, connection.Objects, options);
        var limit = new TimeLimit(TimeSpan.FromSeconds(TimeoutSec), $"-{nameof(TimeoutSec)}", "The next sweep continues from there.");
        Run(source.Name, async (pipeline, cancellationToken) =>
        {
            var activity = $"Managing leases of the source '{source.Name}'";
            Progress.Report(new ProgressStep(activity, 0) { Status = "Planning" });
            var plan = await limit.RunAsync(sweep.PlanAsync, cancellationToken).ConfigureAwait(false);
            var isDryRun = false;
            Progress.Complete();
            await pipeline.InvokeAsync(() => (plan, isDryRun) = Approve(plan, source, connection)).ConfigureAwait(false);
            if (isDryRun)
            {
                await pipeline.InvokeAsync(() => Report(sweep.Unreadable, sweep.RelevantGaps)).ConfigureAwait(false);
                return;
            }

            var progress = new ProgressOf<LeaseProgress>(sweep => Progress.Report(new ProgressStep(activity, sweep.Done, sweep.Total) { Current = $"{sweep.Last}" }));
            var summary = await limit.RunAsync(token => sweep.RunAsync(plan, progress, token), cancellationToken).ConfigureAwait(false);
            Progress.Complete();
            await pipeline.InvokeAsync(() => Report(summary)).ConfigureAwait(false);
        });
    }

    /// <summary>Returns the plan with the declined actions replaced by Keep, and whether -WhatIf is specified.</summary>
    private (IReadOnlyList<PlannedLeaseAction> Plan, bool IsDryRun) Approve(IReadOnlyList<PlannedLeaseAction> plan, CredentialSource source, KubeConnection connection)
    {
        var isDryRun = false;
        var approved = new List<PlannedLeaseAction>();
        foreach (var planned in plan)
        {
            if (planned.Action == LeaseAction.Keep)
            {
                approved.Add(planned);
                continue;
            }

            var action = planned.Action switch
            {
                LeaseAction.Renew => "Renew",
                LeaseAction.Revoke => "Revoke (the owner no longer exists)",
                _ => "Clean up (issuing was interrupted)",
            };
            var target = $"{planned.Lease}";
            var isApproved = ShouldProcess($"{action}: {target}", $"{action}: {target}?", "Sync-CredentialLease", out var reason);
            isDryRun |= reason == ShouldProcessReason.WhatIf;
            approved.Add(isApproved ? planned : planned with { Action = LeaseAction.Keep, Reason = LeaseKeepReason.Declined });
        }

        if (isDryRun)
        {
            var counts = plan.GroupBy(planned => planned.Action).ToDictionary(group => group.Key, group => group.Count());
            var sum = $"Of {plan.Count} leases of the source '{source.Name}', for pods in {ShouldProcessMessages.Of(connection)}: {counts.GetValueOrDefault(LeaseAction.Renew)} to renew, "
                + $"{counts.GetValueOrDefault(LeaseAction.Revoke)} to revoke, {counts.GetValueOrDefault(LeaseAction.CleanUp)} to clean up, {counts.GetValueOrDefault(LeaseAction.Keep)} to keep.";
            ShouldProcess(sum, sum, null);
        }

        return (approved, isDryRun);
    }

    private void Report(LeaseSweepSummary summary)
    {
        foreach (var failure in summary.Failures)
        {
            if (failure.HasEnded)
                WriteWarning($"{failure.Lease}: The credential has ended and cannot be renewed, but its owner still exists. Run Invoke-CredentialRotation to give the owner new credentials.");
            else
                WriteError(Errors.SweepFailed(failure));
        }

        Report(summary.Unreadable, summary.BlockingGaps);
        foreach (var notice in summary.Notices)
            WriteWarning(notice);
        WriteObject(summary);
    }

    private void Report(IEnumerable<UnreadableRecord> unreadable, IEnumerable<OwnerGap> gaps)
    {
        foreach (var record in unreadable)
            WriteError(Errors.LeaseUnreadable(record));
        foreach (var gap in gaps)
            WriteError(Errors.OwnersNotSeen(gap));
    }
}
