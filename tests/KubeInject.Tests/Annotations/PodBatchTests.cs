using KubeInject.Annotations;
using KubeInject.Annotations.Dialects;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Tests.Annotations;

/// <summary>Batches of pods are read at the same time, and returned in their order.</summary>
public sealed class PodBatchTests
{
    private static readonly InjectionOptions Options = new();

    [Fact]
    public async Task The_injections_have_the_order_of_the_pods()
    {
        var names = new List<string?>();
        await foreach (var injections in PodInjections.ReadAllAsync(Batches(200), Options, default))
            names.AddRange(injections.Select(injection => injection.Name));

        Assert.Equal(Enumerable.Range(0, 600).Select(number => $"pod-{number}"), names);
    }

    [Fact]
    public async Task Batches_before_a_failure_are_returned_before_the_exception()
    {
        var count = 0;
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await foreach (var injections in PodInjections.ReadAllAsync(Batches(3, new InvalidOperationException("connection lost")), Options, default))
                count += injections.Count;
        });

        Assert.Equal("connection lost", exception.Message);
        Assert.Equal(9, count);
    }

    [Fact]
    public async Task A_caller_that_stops_stops_the_list()
    {
        var hasEnded = false;
        await foreach (var _ in PodInjections.ReadAllAsync(Batches(1_000_000, ended: () => hasEnded = true), Options, default))
            break;

        Assert.True(hasEnded);
    }

    private static async IAsyncEnumerable<IReadOnlyList<ObjectMetadata>> Batches(int count, Exception? failure = null, Action? ended = null)
    {
        try
        {
            for (var batch = 0; batch < count; batch++)
            {
                await Task.Yield();
                yield return [.. Enumerable.Range(batch * 3, 3).Select(number => new ObjectMetadata { Kind = "Pod", Name = $"pod-{number}", Namespace = "shop" })];
            }

            if (failure is not null)
                throw failure;
        }
        finally
        {
            ended?.Invoke();
        }
    }
}
