using KubeInject.Http;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.IntegrationTests.Controller;

/// <summary>The program as a controller.</summary>
public sealed class ControllerProcessTests : ControllerTest
{
    [Fact]
    public async Task The_program_leads_until_it_is_stopped_and_then_releases_the_Lease()
    {
        using var program = new ServeProcess("--kubeconfig", TestCluster.FilePath("kubeconfig"), "--context", "admin", "--lease-namespace", Namespace);
        using var client = new HttpClient();
        await UntilAsync(() => Task.FromResult(program.IsLeading), "the program does not lead");
        Assert.Equal("ready\n", await client.GetStringAsync(new Uri(program.Health, "/readyz")));
        Assert.Contains("kubeinject_leader 1\n", await client.GetStringAsync(new Uri(program.Health, "/metrics")), StringComparison.Ordinal);

        var exitCode = await program.TerminateAsync();

        Assert.True(exitCode == 0, program.Log);
        var lease = await Connection.Objects.GetAsync(KubeResource.Leases, "kubeinject", Namespace);
        Assert.True(string.IsNullOrEmpty(lease.ToElement().Get("spec").Text("holderIdentity")));
    }
}
