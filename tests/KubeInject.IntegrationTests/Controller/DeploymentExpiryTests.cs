using System.Collections.Concurrent;
using System.Globalization;
using KubeInject.Controller;
using KubeInject.Http;
using KubeInject.IntegrationTests.Admission;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using Xunit.Abstractions;

namespace KubeInject.IntegrationTests.Controller;

/// <summary>Deployments whose credentials can no longer be extended get new pods in time, with a real controller manager.</summary>
[Collection(nameof(ControllerManagerCluster))]
public sealed class DeploymentExpiryTests(ControllerManagerCluster cluster, ITestOutputHelper output) : ControllerTest(cluster)
{
    private const string Variable = "KUBEINJECT_EXPIRY_SECONDS";
    private const int Replicas = 3;
    private const int Budget = 2;

    [ControllerManagerFact]
    public async Task New_pods_are_ready_before_the_credentials_of_the_old_ones_end()
    {
        var lifetime = TimeSpan.FromSeconds(int.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out var seconds) ? seconds : 20);
        Issuer.Dispose();
        Issuer = NewIssuer(lifetime);
        await using var webhook = await RegisteredWebhook.StartAsync(Connection);
        var controller = await StartAsync(Options with { Injection = new() });
        controller.Issuer.LongestLifetime = lifetime;
        await using var kubelet = new FakeKubelet(Connection, async pod => await ReadSecretAsync(pod) is not null);
        string[] actions = ["evict", "rollout"];
        foreach (var action in actions)
            await CreateAsync(action);
        await UntilAsync(() => Task.FromResult(kubelet.ReadyPods().Count == 2 * Replicas), "the pods are not ready");
        var ends = (await Records.ListAsync(CancellationToken.None)).ToDictionary(record => record.OwnerUid!, record => record.RecordedAt!.Value + lifetime);
        foreach (var action in actions)
            kubelet.Count(action);

        var refused = new ConcurrentBag<PodKey>();
        var attempts = 0;
        await UntilAsync(
            async () =>
            {
                foreach (var pod in kubelet.ReadyPods())
                {
                    attempts++;
                    if (!await CanLogInAsync(pod))
                        refused.Add(pod);
                }

                return kubelet.Deleted.Count >= 2 * Replicas && kubelet.ReadyPods().Count >= 2 * Replicas;
            },
            "the pods are not replaced");

        var spare = kubelet.Deleted.Where(pod => ends.ContainsKey(pod.Key.Uid)).Min(pod => ends[pod.Key.Uid] - pod.Value);
        output.WriteLine($"The last of {ends.Count} pods was replaced {spare.TotalSeconds:0.0} s before its credentials ended ({lifetime.TotalSeconds} s); {attempts} connections; ready at least: {string.Join(", ", kubelet.FewestReady)}.");
        Assert.Empty(refused);
        Assert.True(spare > TimeSpan.Zero, $"A pod was replaced {-spare.TotalSeconds:0.0} s late.");
        Assert.True(kubelet.FewestReady["evict"] >= Budget && kubelet.FewestReady["rollout"] == Replicas, string.Join(", ", kubelet.FewestReady));
    }

    private async Task CreateAsync(string action)
    {
        await Connection.Objects.CreateAsync(KubeResource.Deployments, KubeObject.Parse($$$"""
            {"metadata":{"name":"{{{action}}}"},"spec":{"replicas":{{{Replicas}}},"selector":{"matchLabels":{"app":"{{{action}}}"} },
             "template":{"metadata":{"labels":{"test":"{{{Namespace}}}","vault-db-injector":"true","app":"{{{action}}}"},
              "annotations":{"db-creds-injector.numberly.io/orders.role":"{{{Role}}}","{{{PodReplacement.Annotation}}}":"{{{action}}}"} },"spec":{"containers":[{"name":"app","image":"app"}]} } } }
            """));
        var budgets = (await Connection.Objects.GetJsonAsync("/apis/policy", CancellationToken.None)).Get("preferredVersion").Text("version")!;
        await Connection.Objects.CreateAsync(new KubeResource("policy", budgets, "poddisruptionbudgets", "PodDisruptionBudget"), KubeObject.Parse($$$"""
            {"metadata":{"name":"{{{action}}}"},"spec":{"minAvailable":{{{Budget}}},"selector":{"matchLabels":{"app":"{{{action}}}"} } } }
            """));
    }

    /// <summary>Connects as an application in the pod would. True also if the pod was deleted meanwhile.</summary>
    private async Task<bool> CanLogInAsync(PodKey pod)
    {
        try
        {
            return await TestDatabase.CanLogInAsync(await UntilIssuedAsync(pod)) || (await Connection.Objects.GetAsync(KubeResource.Pods, pod.Name, pod.Namespace)).Uid != pod.Uid;
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.NotFound)
        {
            return true;
        }
    }
}
