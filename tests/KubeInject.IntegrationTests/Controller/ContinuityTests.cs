using System.Diagnostics;
using KubeInject.Controller;
using KubeInject.Injection;
using KubeInject.Testing;
using Xunit.Abstractions;

namespace KubeInject.IntegrationTests.Controller;

/// <summary>A leader that ends in any way, and a source that is unavailable, cost no pod its credentials and leave none.</summary>
public sealed class ContinuityTests(ITestOutputHelper output) : ControllerTest
{
    private const string Rounds = "KUBEINJECT_CONTROLLER_KILLS";

    [Fact]
    public async Task A_restart_issues_and_renews_nothing()
    {
        var first = await StartAsync();
        var pods = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => CreatePodAsync($"pod-{number}")));
        foreach (var pod in pods)
            await UntilIssuedAsync(pod);
        await first.StopAsync();

        var second = await StartAsync();
        var last = await CreatePodAsync("last");
        await UntilIssuedAsync(last);

        Assert.Equal((20, 1), (first.Issuer.Issued, second.Issuer.Issued));
        Assert.Equal((0, 0), (second.Issuer.Renewed, second.Issuer.Revoked));
        Assert.Equal(21, await CountLoginRolesAsync());
    }

    [Fact]
    public async Task Pods_that_are_created_while_the_source_is_unavailable_get_credentials_soon_after()
    {
        var controller = await StartAsync();
        controller.Issuer.IsDown = true;
        var pods = await Task.WhenAll(Enumerable.Range(0, 50).Select(number => CreatePodAsync($"pod-{number}")));
        foreach (var pod in pods)
            await UntilEventAsync(pod, PodEventReason.Delayed);
        await UntilAsync(() => Task.FromResult(controller.Messages.Count > 150), "the attempts were not repeated");

        controller.Issuer.IsDown = false;
        var watch = Stopwatch.StartNew();
        foreach (var pod in pods)
            await UntilIssuedAsync(pod);

        output.WriteLine($"50 pods had credentials {watch.ElapsedMilliseconds} ms after the source was available.");
        Assert.Equal((50, 50L), (controller.Issuer.Issued, await CountLoginRolesAsync()));
        Assert.Single(await EventsAsync(pods[0]), found => found.Reason == PodEventReason.Delayed);
    }

    [Fact]
    public async Task A_controller_that_is_killed_anywhere_leaves_nothing_that_the_next_one_does_not_complete()
    {
        var random = new Random(TestSeed.Value);
        var rounds = int.TryParse(Environment.GetEnvironmentVariable(Rounds), out var count) ? count : 20;
        var living = new List<PodKey>();
        for (var round = 0; round < rounds; round++)
        {
            var kill = new KillSwitch(random.Next(120));
            var controller = await StartAsync(kill: kill);
            for (var change = 0; change < 8 && !kill.IsDead; change++)
            {
                if (living.Count > 3 && random.Next(2) == 0)
                {
                    await DeleteAsync(living[0]);
                    living.RemoveAt(0);
                }
                else
                {
                    living.Add(await CreatePodAsync($"pod-{round}-{change}", null, random.Next(2) == 0 ? ["orders"] : ["orders", "billing"]));
                }
            }

            await Task.WhenAny(kill.Killed, Task.Delay(TimeSpan.FromMilliseconds(random.Next(400))));
            await controller.KillAsync();
        }

        await StartAsync();

        await UntilOnlyLivingPodsHaveCredentialsAsync(living);
        output.WriteLine($"{rounds} kills, {living.Count} living pods. {TestSeed.Hint}");
    }

    [Fact]
    public async Task A_second_controller_continues_when_the_first_is_killed()
    {
        var election = new LeaderElectionOptions { Duration = TimeSpan.FromSeconds(3), RenewDeadline = TimeSpan.FromSeconds(2), RetryPeriod = TimeSpan.FromSeconds(0.5) };
        var first = await StartAsync(election: election);
        await UntilAsync(() => Task.FromResult(first.Election.IsLeader), "the first does not lead");
        var second = await StartAsync(election: election);
        await UntilIssuedAsync(await CreatePodAsync("before"));

        await first.KillAsync();
        var pod = await CreatePodAsync("after");
        await UntilIssuedAsync(pod);
        Assert.Equal((1, 1), (first.Issuer.Issued, second.Issuer.Issued));

        var third = await StartAsync(election: election);
        await second.StopAsync();
        await UntilAsync(() => Task.FromResult(third.Election.IsLeader), "the third does not lead");
        await UntilIssuedAsync(await CreatePodAsync("last"));
        Assert.Equal((1, 0), (third.Issuer.Issued, third.Issuer.Revoked));
    }
}
