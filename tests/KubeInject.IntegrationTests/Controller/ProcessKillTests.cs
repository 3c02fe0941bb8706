using System.Globalization;
using KubeInject.Controller;
using KubeInject.Testing;
using Xunit.Abstractions;

namespace KubeInject.IntegrationTests.Controller;

/// <summary>The program is killed with SIGKILL at random moments while pods are created and deleted.</summary>
public sealed class ProcessKillTests(ITestOutputHelper output) : ControllerTest
{
    private const string Variable = "KUBEINJECT_PROCESS_KILLS";
    private const int MostPods = 16;
    private const int MostAtOnce = 8;
    private const int LongestTerm = 1000; // ms

    [Fact]
    public async Task A_program_that_is_killed_leaves_nothing_that_the_next_one_does_not_complete()
    {
        var kills = int.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out var count) ? count : 4;
        var random = new Random(TestSeed.Value);
        using var end = new CancellationTokenSource();
        var changing = ChangePodsAsync(new Random(random.Next()), end.Token);
        var interrupted = 0;
        for (var kill = 0; kill < kills; kill++)
        {
            using var program = StartProgram();
            await UntilAsync(() => Task.FromResult(program.IsLeading), "the program does not lead");
            await Task.Delay(random.Next(LongestTerm));
            program.Kill();
            if ((await Records.ListAsync(CancellationToken.None)).Any(record => !record.IsComplete))
                interrupted++;
            await ReleaseLeaseAsync();
        }

        await end.CancelAsync();
        var (living, created) = await changing;
        using var last = StartProgram();
        await UntilAsync(() => Task.FromResult(last.IsLeading), "the program does not lead");

        await UntilOnlyLivingPodsHaveCredentialsAsync(living);
        output.WriteLine($"{kills} kills, {interrupted} of them while a credential was being issued; {created} pods, {living.Count} of them living. {TestSeed.Hint}");
    }

    private async Task<(IReadOnlyCollection<PodKey> Living, int Created)> ChangePodsAsync(Random random, CancellationToken cancellationToken)
    {
        var living = new Queue<PodKey>();
        var created = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            if (living.Count < random.Next(MostPods))
            {
                var numbers = Enumerable.Range(created, random.Next(1, MostAtOnce + 1)).ToList();
                created += numbers.Count;
                foreach (var pod in await Task.WhenAll(numbers.Select(number => CreatePodAsync($"pod-{number}", null, number % 2 == 0 ? ["orders"] : ["orders", "billing"]))))
                    living.Enqueue(pod);
            }
            else if (living.TryDequeue(out var oldest))
                await DeleteAsync(oldest);
            await Task.Delay(random.Next(80), CancellationToken.None);
        }

        return (living, created);
    }
}
