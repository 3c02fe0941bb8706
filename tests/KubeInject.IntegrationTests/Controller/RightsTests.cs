using System.Collections.Concurrent;
using KubeInject.Controller;
using KubeInject.Kubernetes.Objects;
using Xunit.Abstractions;

namespace KubeInject.IntegrationTests.Controller;

/// <summary>The rights in <c>deploy/rbac.yaml</c> are sufficient for everything that the controller does with pods, and none of them can be left out.</summary>
public sealed class RightsTests(ITestOutputHelper output)
{
    [Fact]
    public async Task All_rights_are_sufficient()
    {
        await using var controller = await LimitedController.StartAsync(null);

        await controller.UntilDoneAsync();

        Assert.DoesNotContain(controller.Log, message => message.Contains("forbidden", StringComparison.OrdinalIgnoreCase));
        Assert.Null(controller.Problem);
    }

    [Fact]
    public async Task The_log_names_any_right_that_is_missing()
    {
        var rights = (await DeployedRights.ReadAsync()).Where(right => !right.IsForSweep && !right.IsForWebhook).ToList();
        var unnoticed = new ConcurrentBag<string>();

        await Parallel.ForEachAsync(rights, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (right, _) =>
        {
            await using var controller = await LimitedController.StartAsync(right);
            if (await controller.FindNameAsync(right) is { } failure)
                unnoticed.Add($"{right}: {failure}");
        });

        output.WriteLine($"{rights.Count} rights were left out, one at a time.");
        foreach (var failure in unnoticed)
            output.WriteLine(failure);
        Assert.InRange(rights.Count, 20, 40);
        Assert.Empty(unnoticed);
    }

    /// <summary>A controller with the rights, or all but one of them, and pods for which it needs them.</summary>
    private sealed class LimitedController : ControllerTest, IAsyncDisposable
    {
        private static readonly LeaderElectionOptions Election = new() { RetryPeriod = TimeSpan.FromSeconds(0.5) };
        private static readonly KubeResource[] Restarted = [KubeResource.Deployments, KubeResource.StatefulSets, KubeResource.DaemonSets];

        private readonly List<ExpiringWorkload> workloads = [];
        private RunningController controller = null!;

        public IEnumerable<string> Log => controller.Messages.Select(message => message.Text);

        public string? Problem => controller.Controller.Problem;

        public static async Task<LimitedController> StartAsync(Right? without)
        {
            var limited = new LimitedController();
            await limited.InitializeAsync();
            limited.Issuer.Dispose();
            limited.Issuer = NewIssuer(TimeSpan.FromSeconds(3));
            var token = await DeployedRights.GrantAsync(limited.Connection, without);
            limited.controller = await limited.StartAsync(limited.Options, election: Election, token: token);
            limited.controller.Issuer.LongestLifetime = TimeSpan.FromSeconds(3);
            await limited.CreatePodsAsync();
            return limited;
        }

        /// <summary>Waits until the pods have expired, one is evicted, the workloads of the others are restarted, and nothing is left of deleted pods.</summary>
        public async Task UntilDoneAsync()
        {
            await UntilAsync(async () => (await PodsAsync()).All(pod => pod.Name != "evicted"), "the pod was not evicted");
            foreach (var workload in workloads)
                await UntilAsync(async () => (await workload.ReadAsync()).RestartedAt is not null, $"{workload.Owner} was not restarted");
            foreach (var pod in await PodsAsync())
                await Connection.Objects.DeleteAsync(KubeResource.Pods, pod.Name, Namespace);
            await UntilAsync(async () => await CountLoginRolesAsync() == 0 && (await Records.ListAsync(CancellationToken.None)).Count == 0, "something is left");
        }

        /// <summary>Waits until the log names a right.</summary>
        /// <returns>The failure; null if the log names it.</returns>
        public async Task<string?> FindNameAsync(Right right)
        {
            try
            {
                await UntilAsync(() => Task.FromResult(Log.Any(message => message.Contains(right.Denial, StringComparison.Ordinal))), "the log does not name the right");
                return null;
            }
            catch (Xunit.Sdk.FailException exception)
            {
                return exception.Message;
            }
        }

        async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

        private async Task CreatePodsAsync()
        {
            var evicted = Admit("evicted", Namespace);
            evicted["metadata"]!["annotations"]![PodReplacement.Annotation] = "evict";
            await CreateAsync(ExpiringWorkload.Own(evicted, new OwnerReference("apps/v1", "ReplicaSet", "other", $"{Guid.NewGuid()}", Controller: true)));
            foreach (var resource in Restarted)
            {
                workloads.Add(await ExpiringWorkload.CreateAsync(Connection, resource, resource == KubeResource.StatefulSets ? ""","serviceName":"app" """ : ""));
                var pod = Admit($"{resource.Plural}-0", Namespace);
                pod["metadata"]!["annotations"]![PodReplacement.Annotation] = "rollout";
                await CreateAsync(ExpiringWorkload.Own(pod, workloads[^1].Owner));
            }
        }

        private async Task<List<ObjectMetadata>> PodsAsync() => await Connection.Objects.ListMetadataAsync(KubeResource.Pods, new() { Namespace = Namespace }).ToListAsync();
    }
}
