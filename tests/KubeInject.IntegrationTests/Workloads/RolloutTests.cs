using KubeInject.Injection.Workloads;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.IntegrationTests.Workloads;

/// <summary>The status of a rollout equals that of kubectl.</summary>
public sealed class RolloutTests
{
    private static readonly TimeSpan Enough = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData("Deployment", 12, "complete", "failed", "waiting")]
    [InlineData("StatefulSet", 12, "complete", "waiting")]
    [InlineData("DaemonSet", 12, "complete", "waiting")]
    public async Task A_status_has_the_same_meaning_as_in_kubectl(string kind, int count, params string[] all)
    {
        using var workspace = await TestWorkspace.CreateAsync();
        var random = new Random(kind.Length);
        var verdicts = new SortedSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var spec = kind == "DaemonSet" ? "" : ",\"replicas\":2" + (kind == "StatefulSet" && i % 3 == 0 ? ",\"updateStrategy\":{\"type\":\"RollingUpdate\",\"rollingUpdate\":{\"partition\":1}}" : "");
            var workload = await workspace.CreateAsync(kind, $"a-{i}", spec: spec);
            await workspace.SetStatusAsync(workload, RandomStatus(kind, random));

            var ours = Judge(await workspace.Objects.GetAsync(workspace.ResourceOf(kind), workload.Name));
            var theirs = await AskKubectlAsync(workload);
            Assert.True(ours == theirs, $"{ours}, and for kubectl {theirs}: {await workspace.ReadAsync(workload)}");
            verdicts.Add(ours);
        }

        Assert.Equal(all, verdicts);
    }

    [Fact]
    public async Task A_rollout_is_followed_until_it_completes()
    {
        using var workspace = await TestWorkspace.CreateAsync();
        var workload = await workspace.CreateAsync("Deployment", spec: ",\"replicas\":2");
        string[] steps =
        [
            """{"observedGeneration":1,"replicas":2,"updatedReplicas":1,"readyReplicas":1,"availableReplicas":1}""",
            """{"observedGeneration":1,"replicas":3,"updatedReplicas":2,"readyReplicas":1,"availableReplicas":1}""",
            """{"observedGeneration":1,"replicas":2,"updatedReplicas":2,"readyReplicas":1,"availableReplicas":1}""",
            """{"observedGeneration":1,"replicas":2,"updatedReplicas":2,"readyReplicas":2,"availableReplicas":2}""",
        ];
        var seen = new List<RolloutStatus>();
        var progress = new CallbackProgress(status =>
        {
            seen.Add(status);
            if (seen.Count <= steps.Length)
                Task.Run(() => workspace.SetStatusAsync(workload, steps[seen.Count - 1])).GetAwaiter().GetResult();
        });

        var last = await new Rollout(workspace.Objects).WaitAsync(workload, Enough, progress, CancellationToken.None);

        Assert.Equal((true, 2, 2, 2), (last.IsComplete, last.Desired, last.Updated, last.Available));
        Assert.Equal(
            ["the controller has not seen the change yet", "1 of 2 pods are updated", "1 old pods have not terminated yet", "1 of 2 updated pods are available", "all 2 pods are updated and available"],
            seen.Select(status => status.Message).Distinct());
    }

    [Fact]
    public async Task An_exceeded_progress_deadline_ends_the_wait()
    {
        using var workspace = await TestWorkspace.CreateAsync();
        var workload = await workspace.CreateAsync("Deployment");
        var progress = new CallbackProgress(_ => Task.Run(() => workspace.SetStatusAsync(
            workload, """{"observedGeneration":1,"replicas":1,"conditions":[{"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded"}]}""")).GetAwaiter().GetResult());

        var error = await Assert.ThrowsAsync<RolloutException>(() => new Rollout(workspace.Objects).WaitAsync(workload, Enough, progress, CancellationToken.None));

        Assert.Equal(RolloutFailure.ProgressDeadlineExceeded, error.Reason);
        Assert.StartsWith($"{workload}: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deleting_the_workload_ends_the_wait()
    {
        using var workspace = await TestWorkspace.CreateAsync();
        var workload = await workspace.CreateAsync("StatefulSet");
        var isDeleted = false;
        var progress = new CallbackProgress(status =>
        {
            // At the second request, so that the watch has started.
            if (isDeleted)
                Task.Run(() => workspace.Objects.DeleteAsync(KubeResource.StatefulSets, workload.Name)).GetAwaiter().GetResult();
            isDeleted = true;
        });

        var error = await Assert.ThrowsAsync<RolloutException>(() => new Rollout(workspace.Objects).WaitAsync(workload, Enough, progress, CancellationToken.None));

        Assert.Equal(RolloutFailure.Deleted, error.Reason);
    }

    [Fact]
    public async Task A_timeout_ends_the_wait()
    {
        using var workspace = await TestWorkspace.CreateAsync();
        var workload = await workspace.CreateAsync("DaemonSet");

        var error = await Assert.ThrowsAsync<RolloutException>(() => new Rollout(workspace.Objects).WaitAsync(workload, TimeSpan.FromSeconds(1), null, CancellationToken.None));

        Assert.Equal(RolloutFailure.TimedOut, error.Reason);
        Assert.Contains("not complete after 1 s: the controller has not seen the change yet", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_CronJob_has_no_rollout_to_wait_for()
    {
        using var workspace = await TestWorkspace.CreateAsync();
        var workload = await workspace.CreateAsync("CronJob");

        Assert.True((await new Rollout(workspace.Objects).WaitAsync(workload, Enough, null, CancellationToken.None)).IsComplete);
    }

    private static string Judge(KubeObject workload)
    {
        try
        {
            return RolloutEvaluator.Of(workload).IsComplete ? "complete" : "waiting";
        }
        catch (RolloutException)
        {
            return "failed";
        }
    }

    private static async Task<string> AskKubectlAsync(ObjectReference workload)
    {
        var result = await Command.RunAsync(
            "kubectl", ["--kubeconfig", TestCluster.FilePath("kubeconfig"), "rollout", "status", $"{workload.Kind}/{workload.Name}", "-n", workload.Namespace!, "--watch=false"]);
        return result.ExitCode != 0 ? "failed"
            : result.Output.Contains("successfully rolled out", StringComparison.Ordinal) || result.Output.Contains("roll out complete", StringComparison.Ordinal)
                || result.Output.Contains("rolling update complete", StringComparison.Ordinal) ? "complete"
            : "waiting";
    }

    private static string RandomStatus(string kind, Random random)
    {
        // Mostly near completion, because the differences are there.
        int Few() => random.Next(4) == 0 ? random.Next(3) : 2;
        var observed = random.Next(6) == 0 ? 0 : 1;
        var late = kind == "Deployment" && random.Next(5) == 0 ? """,{"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded"}""" : "";
        return kind switch
        {
            "Deployment" => $$"""{"observedGeneration":{{observed}},"replicas":{{(random.Next(4) == 0 ? 3 : 2)}},"updatedReplicas":{{Few()}},"readyReplicas":2,"availableReplicas":{{Few()}},"conditions":[{"type":"Available","status":"True"}{{late}}]}""",
            "StatefulSet" => $$"""{"observedGeneration":{{observed}},"replicas":2,"readyReplicas":{{Few()}},"updatedReplicas":{{Few()}},"currentRevision":"a","updateRevision":"{{(random.Next(2) == 0 ? "a" : "b")}}"}""",
            _ => $$"""{"observedGeneration":{{observed}},"currentNumberScheduled":2,"numberMisscheduled":0,"numberReady":2,"desiredNumberScheduled":2,"updatedNumberScheduled":{{Few()}},"numberAvailable":{{Few()}}}""",
        };
    }

    private sealed class CallbackProgress(Action<RolloutStatus> callback) : IProgress<RolloutStatus>
    {
        public void Report(RolloutStatus value) => callback(value);
    }
}
