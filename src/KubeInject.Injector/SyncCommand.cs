using System.CommandLine;
using System.Globalization;
using KubeInject.Injector.Settings;
using KubeInject.Injector.Sources;
using KubeInject.Leases;

namespace KubeInject.Injector;

/// <summary><c>kubeinject sync</c>: one sweep over the leases of a source, for example in a CronJob.</summary>
internal static class SyncCommand
{
    private static readonly string[] Header = ["ACTION", "LEASE", "OWNER", "ROLE", "USERNAME"];

    private const string More = """
        Renews the credentials whose pods or workloads exist after a third of their time, revokes the credentials whose owner
        is gone, and cleans up after credentials that were not issued completely. If some of the possible owners cannot be
        read, leases with a known owner are renewed and the others are kept. Records that cannot be read and leases of other clusters are kept and
        reported. The summary is written to standard output, everything else to standard error. Neither contains a secret.

        Examples:
          kubeinject sync --source vault --dry-run
          kubeinject sync --source kube-secret --secret-pattern '{role}-db'
          kubeinject sync --config /etc/kubeinject/settings.yaml


        """ + SettingsHelp.Text + """

        Exit codes:
          0    done
          1    a lease could not be renewed or revoked, a record could not be read, a missing permission prevented the
               revocation, the sweep could not start, or --timeout exceeded; the next sweep continues from there
          2    invalid command line or settings; nothing was done
          130  stopped; the next sweep continues from there
        """;

    public static Command Create()
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Report what would be done. Renews nothing and revokes nothing." };
        var command = new Command("sync", "Renew, revoke, and clean up all leases once.") { dryRun };
        var options = new SettingOptions(command, [.. AllSettings.OfSources, .. AllSettings.OfSweeps]);
        command.Options.Add(ExtendedHelp.Option(More));
        command.SetAction((parsed, stop) => CommandRunner.RunAsync("The next sweep continues from there.", () => options.Read(parsed), async (settings, cancellationToken) =>
        {
            var defaults = new LeaseOptions();
            var leases = new LeaseOptions
            {
                Namespace = settings.Text(AllSettings.Namespace),
                GracePeriod = settings.Duration(AllSettings.GracePeriod) ?? defaults.GracePeriod,
                SkipCustomResources = settings.Flag(AllSettings.SkipCustomResources),
                Concurrency = settings.Number(AllSettings.Concurrency) ?? defaults.Concurrency,
            };
            using var sources = new SourceBuilder(settings);
            var source = await sources.BuildAsync(needsCluster: true, cancellationToken).ConfigureAwait(false);
            var cluster = await sources.ConnectAsync(cancellationToken).ConfigureAwait(false);
            return await RunAsync(new LeaseSweep(source, cluster.Objects, leases), parsed.GetValue(dryRun), cancellationToken).ConfigureAwait(false);
        }, stop, LeaseOptions.DefaultTimeout));
        return command;
    }

    private static async Task<int> RunAsync(LeaseSweep sweep, bool dryRun, CancellationToken cancellationToken)
    {
        var plan = await sweep.PlanAsync(cancellationToken).ConfigureAwait(false);
        if (dryRun)
        {
            var rows = plan.Select(planned => (string[])[$"{planned.Action}", $"{planned.Lease.Uuid}", $"{planned.Lease.Owner}", planned.Lease.Role, planned.Lease.Username ?? ""]).ToList();
            foreach (var line in TextTable.Lines(Header, rows))
                Console.WriteLine(line);
            Report(sweep.Unreadable, sweep.RelevantGaps);
            return sweep.Unreadable.Count > 0 ? ExitCode.Failed : ExitCode.Done;
        }

        var summary = await sweep.RunAsync(plan, null, cancellationToken).ConfigureAwait(false);
        foreach (var failure in summary.Failures)
            Messages.Error(failure.HasEnded ? $"{failure} Its owner still exists: issue new credentials with Invoke-CredentialRotation." : $"{failure}");
        Report(summary.Unreadable, summary.BlockingGaps);
        foreach (var notice in summary.Notices)
            Messages.Warning(notice);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{summary.Total} leases: {summary.Renewed} renewed, {summary.Revoked} revoked, {summary.CleanedUp} cleaned up, {summary.Kept} kept, {summary.Failed} failed{(summary.Unreadable.Count == 0 ? "" : $", {summary.Unreadable.Count} unreadable")}, in {summary.Duration.TotalSeconds:0.0} s"));
        return summary.IsComplete ? ExitCode.Done : ExitCode.Failed;
    }

    private static void Report(IEnumerable<UnreadableRecord> unreadable, IEnumerable<OwnerGap> gaps)
    {
        foreach (var record in unreadable)
            Messages.Error($"{record}");
        foreach (var gap in gaps)
            Messages.Error($"Leases without an owner are not revoked, because not all possible owners can be read. {gap}");
    }
}
