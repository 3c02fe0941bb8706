using System.CommandLine;
using System.Globalization;
using KubeInject.Injector.Settings;
using KubeInject.Injector.Sources;
using KubeInject.Leases;

namespace KubeInject.Injector;

/// <summary><c>kubeinject sync</c>: one sweep over the leases of a source, for a CronJob in the cluster.</summary>
internal static class SyncCommand
{
    private static readonly string[] Header = ["ACTION", "LEASE", "OWNER", "ROLE", "USERNAME"];

    private const string More = """
        Renews the credentials whose pods or workloads live, revokes those whose owner is gone, and what is left of attempts
        to issue that broke off. Where not everything that may own a lease can be seen, the leases whose owner is seen are
        renewed and the others are kept. A record that cannot be read is kept and reported, and so is a lease of another
        cluster. The summary goes to standard output, everything else to standard error; neither holds a secret.

        Examples:
          kubeinject sync --source vault --dry-run
          kubeinject sync --source kube-secret --secret-pattern '{role}-db'
          kubeinject sync --config /etc/kubeinject/settings.yaml


        """ + SettingsHelp.Text + """

        Exit codes:
          0    done
          1    a lease could not be renewed or revoked, a record could not be read, a missing right kept the sweep from
               revoking, or it could not begin, or took longer than --timeout; the next sweep goes on from there
          2    wrong usage; nothing was done
          130  stopped; the next sweep goes on from there
        """;

    public static Command Create()
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Tell what would be done. Renews nothing and revokes nothing." };
        var command = new Command("sync", "Looks after all leases once: renews, revokes, finishes.") { dryRun };
        var options = new SettingOptions(command, AllSettings.All);
        command.Options.Add(ExtendedHelp.Option(More));
        command.SetAction((parsed, stop) => CommandRunner.RunAsync("The next sweep goes on from there.", () => options.Read(parsed), async (settings, cancellationToken) =>
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
            var source = await sources.BuildAsync(needsCluster: true, cancellationToken);
            var cluster = await sources.ConnectAsync(cancellationToken);
            return await RunAsync(new LeaseSweep(source, cluster.Objects, leases), parsed.GetValue(dryRun), cancellationToken);
        }, stop, LeaseOptions.DefaultTimeout));
        return command;
    }

    private static async Task<int> RunAsync(LeaseSweep sweep, bool dryRun, CancellationToken cancellationToken)
    {
        var plan = await sweep.PlanAsync(cancellationToken);
        if (dryRun)
        {
            var rows = plan.Select(planned => (string[])[$"{planned.Action}", $"{planned.Lease.Uuid}", $"{planned.Lease.Owner}", planned.Lease.Role, planned.Lease.Username ?? ""]).ToList();
            foreach (var line in TextTable.Lines(Header, rows))
                Console.WriteLine(line);
            Report(sweep.Unreadable, sweep.RelevantGaps);
            return sweep.Unreadable.Count > 0 ? ExitCode.Failed : ExitCode.Done;
        }

        var summary = await sweep.RunAsync(plan, null, cancellationToken);
        foreach (var failure in summary.Failures)
            Messages.Error(failure.HasEnded ? $"{failure} Its owner lives: give it new credentials (Invoke-CredentialRotation)." : $"{failure}");
        Report(summary.Unreadable, summary.BlockingGaps);
        foreach (var notice in summary.Notices)
            Messages.Warning(notice);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{summary.Total} leases: {summary.Renewed} renewed, {summary.Revoked} revoked, {summary.CleanedUp} finished, {summary.Kept} kept, {summary.Failed} failed{(summary.Unreadable.Count == 0 ? "" : $", {summary.Unreadable.Count} unreadable")}, in {summary.Duration.TotalSeconds:0.0} s"));
        return summary.IsComplete ? ExitCode.Done : ExitCode.Failed;
    }

    private static void Report(IEnumerable<UnreadableRecord> unreadable, IEnumerable<OwnerGap> gaps)
    {
        foreach (var record in unreadable)
            Messages.Error($"{record}");
        foreach (var gap in gaps)
            Messages.Error($"Leases without an owner are not revoked, for not everything that may own them can be seen. {gap}");
    }
}
