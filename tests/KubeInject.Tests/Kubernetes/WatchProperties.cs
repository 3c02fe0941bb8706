using System.Runtime.CompilerServices;
using FsCheck.Fluent;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;
using KubeInject.Testing;
using static KubeInject.Tests.Kubernetes.TestServer;

namespace KubeInject.Tests.Kubernetes;

/// <summary>Objects are created, changed and deleted while lists and watches fail in all possible ways.</summary>
public class WatchProperties
{
    private const string Last = "zz-last";

    [Fact]
    public void With_any_faults_every_deletion_is_reported_once_and_no_event_is_reported_twice() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed => RunAsync(seed, canExpire: true).GetAwaiter().GetResult())
            .CheckSeeded(60);

    [Fact]
    public void If_the_server_keeps_its_history_every_event_is_reported() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed => RunAsync(seed, canExpire: false).GetAwaiter().GetResult())
            .CheckSeeded(60);

    private static async Task<bool> RunAsync(int seed, bool canExpire)
    {
        var simulation = new WatchSimulation(seed, canExpire);
        using var api = await FaultyApi.OpenAsync(simulation.Answer);
        var reported = new List<string>();
        var states = new Dictionary<string, string>(StringComparer.Ordinal);
        await foreach (var change in api.Objects.WatchAsync(KubeResource.Pods, new KubeQuery { PageSize = 3 }))
        {
            var (uid, version) = (change.Object.Uid!, change.Object.ResourceVersion!);
            reported.Add($"{change.Type.ToString().ToUpperInvariant()} {uid}@{version}");
            switch (change.Type)
            {
                case KubeEventType.Added:
                    states.Add(uid, version); // throws if the object was already reported
                    break;
                case KubeEventType.Modified:
                    Assert.True(states.ContainsKey(uid) && states[uid] != version, $"{reported[^1]} is not a change");
                    states[uid] = version;
                    break;
                default:
                    Assert.True(states.Remove(uid), $"{reported[^1]} is a duplicate, or the object was never reported");
                    break;
            }

            if (change.Object.Name == Last)
                break;
        }

        Assert.Equal(simulation.Store.States, states.Select(state => $"{state.Key}@{state.Value}").Order(StringComparer.Ordinal));
        if (!canExpire)
            Assert.Equal(simulation.Store.History.Skip(simulation.ListedHistory), reported.Skip(simulation.ListedObjects));
        return true;
    }

    /// <summary>A server whose objects change with every request, and whose responses fail, up to a number of faults.</summary>
    private sealed class WatchSimulation
    {
        private readonly Random random;
        private readonly bool canExpire;
        private int steps;
        private int invalidResponses; // a watch tolerates only a few of them in a row
        private int cuts;      // a first list tolerates only a few of them in a row

        public WatchSimulation(int seed, bool canExpire)
        {
            random = new Random(seed);
            this.canExpire = canExpire;
            steps = 30 + random.Next(60);
            Change(random.Next(10));
        }

        public FakeStore Store { get; } = new();

        /// <summary>The number of objects in the first list, and the number of events before it.</summary>
        public int ListedObjects { get; private set; }

        public int ListedHistory { get; private set; }

        public Response Answer(Request request)
        {
            if (!FakeStore.IsWatch(request))
            {
                // While a list that must not expire is read, the store does not change: its pages have one version anyway.
                if (canExpire)
                    Step();
                (ListedObjects, ListedHistory) = (Store.States.Count(), Store.History.Count);
                return Broken(Store.List(request));
            }

            Step();
            return (steps > 0 ? random.Next(12) : 11) switch
            {
                0 => Response.Error(500, "InternalError", "x"),
                1 => Response.Error(429, "TooManyRequests", "x") with { Headers = ["Retry-After: 1"] },
                2 => Response.Json("") with { CutAfter = 0 },
                3 when invalidResponses++ < 4 => new Response(200, "text/html", "<html>log in</html>\n"),
                4 => Response.Json("") with { Lines = Lines(request), CutAfter = int.MaxValue },
                _ => Store.WatchedFrom(request) is null ? Response.Error(410, "Expired", "x") : Response.Json("") with { Lines = Lines(request) },
            };
        }

        private Response Broken(Response response)
        {
            if (steps <= 0 || cuts >= 4 || random.Next(4) > 0)
            {
                cuts = 0;
                return response;
            }

            cuts++;
            return response with { CutAfter = random.Next(2) * random.Next(300) };
        }

        private async IAsyncEnumerable<string> Lines(Request request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            if (Store.WatchedFrom(request) is not { } version)
            {
                yield return FakeStore.Error(410, "Expired");
                yield break;
            }

            while (true)
            {
                foreach (var (next, line) in Store.After(version))
                {
                    version = next;
                    if (steps > 0 && random.Next(6) == 0)
                    {
                        yield return line[..random.Next(line.Length)];
                        yield break;
                    }

                    yield return line;
                }

                if (steps <= 0)
                    break;
                if (random.Next(4) == 0)
                    yield return FakeStore.Bookmark(Store.Version);
                if (random.Next(6) == 0)
                    yield break;
                Step();
            }

            Store.Set(Last);
            foreach (var (_, line) in Store.After(version))
                yield return line;
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        private void Step()
        {
            if (steps <= 0)
                return;
            steps--;
            Change(random.Next(3));
            if (canExpire && random.Next(5) == 0)
                Store.Compact();
        }

        private void Change(int count)
        {
            for (; count > 0; count--)
            {
                var name = $"p{random.Next(7)}";
                if (random.Next(3) == 0)
                    Store.Delete(name);
                else
                    Store.Set(name);
            }
        }
    }
}
