using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using KubeInject.Http;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.IntegrationTests.Controller;

/// <summary>The program as a controller.</summary>
public sealed partial class ControllerProcessTests : ControllerTest
{
    [Fact]
    public async Task The_program_leads_until_it_is_stopped_and_then_releases_the_Lease()
    {
        var log = new List<string>();
        using var process = Process.Start(new ProcessStartInfo("dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "KubeInject.Injector.dll"), "serve", "--role", "controller", "--health-listen", "127.0.0.1:0", "--source", "postgresql",
            "--kubeconfig", TestCluster.FilePath("kubeconfig"), "--context", "admin", "--lease-namespace", Namespace,
        ])
        {
            RedirectStandardError = true,
            Environment = { ["KUBEINJECT_POSTGRESQL_CONNECTION"] = TestDatabase.Superuser.Reveal() },
        })!;
        process.ErrorDataReceived += (_, line) => Add(log, line.Data);
        process.BeginErrorReadLine();
        using var client = new HttpClient();
        try
        {
            await UntilAsync(() => Task.FromResult(Text(log).Contains("Started to lead.", StringComparison.Ordinal) && Listening().IsMatch(Text(log))), "the program does not lead");
            var health = new Uri(Listening().Match(Text(log)).Groups["health"].Value);
            Assert.Equal("ready\n", await client.GetStringAsync(new Uri(health, "/readyz")));
            Assert.Contains("kubeinject_leader 1\n", await client.GetStringAsync(new Uri(health, "/metrics")), StringComparison.Ordinal);

            Assert.Equal(0, (await Command.RunAsync("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)])).ExitCode);
            await process.WaitForExitAsync();

            Assert.True(process.ExitCode == 0, Text(log));
            var lease = await Connection.Objects.GetAsync(new KubeResource("coordination.k8s.io", "v1", "leases", "Lease"), "kubeinject", Namespace);
            Assert.True(string.IsNullOrEmpty(lease.ToElement().Get("spec").Text("holderIdentity")));
        }
        finally
        {
            process.Kill();
        }
    }

    private static void Add(List<string> log, string? line)
    {
        lock (log)
            log.Add(line ?? "");
    }

    private static string Text(List<string> log)
    {
        lock (log)
            return string.Join('\n', log);
    }

    [GeneratedRegex(@"Listening on (?<health>http://\S+)\.")]
    private static partial Regex Listening();
}
