using System.Diagnostics;
using KubeInject.Kubernetes.Connection;

namespace KubeInject.IntegrationTests.Kubernetes;

[Collection(nameof(NonParallel))]
public class CancellationTests
{
    [Theory]
    [InlineData("connect", "/version")]
    [InlineData("list", "limit=")]
    [InlineData("watch", "watch=true")]
    public async Task A_stuck_operation_ends_within_half_a_second_of_its_cancellation(string operation, string where)
    {
        using var cancellation = new CancellationTokenSource();
        var stuck = new TaskCompletionSource();
        using var proxy = new FaultProxy(request =>
        {
            if (!request.Path.Contains(where, StringComparison.Ordinal))
                return null;
            stuck.SetResult();
            return new FaultProxy.Fault { NeverAnswers = true };
        });
        var work = RunAsync();
        await stuck.Task;
        var clock = Stopwatch.StartNew();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
        Assert.InRange(clock.ElapsedMilliseconds, 0, 500);

        async Task RunAsync()
        {
            using var connection = await KubeConnection.OpenAsync(TestCluster.Context("admin") with { Server = proxy.Server }, cancellation.Token);
            if (operation == "list")
            {
                await foreach (var pod in connection.ListPodsAsync(cancellationToken: cancellation.Token))
                    Assert.NotNull(pod);
            }

            await foreach (var happened in connection.WatchPodsAsync(cancellationToken: cancellation.Token))
                Assert.NotNull(happened);
        }
    }
}
