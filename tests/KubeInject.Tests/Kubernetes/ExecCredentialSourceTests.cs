using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Transport;
using Microsoft.Extensions.Time.Testing;

namespace KubeInject.Tests.Kubernetes;

public class ExecCredentialSourceTests
{
    private readonly FakeTimeProvider time = new();
    private int runs;

    [Fact]
    public async Task A_credential_is_used_until_it_expires()
    {
        var source = new ExecCredentialSource(_ => Task.FromResult(Credential(time.GetUtcNow().AddMinutes(10))), time);
        var first = await source.GetAsync(null, default);
        time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        Assert.Same(first, await source.GetAsync(null, default));
        time.Advance(TimeSpan.FromTicks(1));
        Assert.NotSame(first, await source.GetAsync(null, default));
        Assert.Equal(2, runs);
    }

    [Fact]
    public async Task A_credential_without_an_expiration_is_used_until_it_is_rejected()
    {
        var source = new ExecCredentialSource(_ => Task.FromResult(Credential()), time);
        var first = await source.GetAsync(null, default);
        time.Advance(TimeSpan.FromDays(3650));
        Assert.Same(first, await source.GetAsync(null, default));
        var second = await source.GetAsync(first, default);
        Assert.NotSame(first, second);

        // Another request with the first credential was rejected meanwhile: it gets the current credential.
        Assert.Same(second, await source.GetAsync(first, default));
        Assert.Equal(2, runs);
    }

    [Fact]
    public async Task Concurrent_requests_share_one_run()
    {
        var gate = new TaskCompletionSource();
        var source = new ExecCredentialSource(async _ =>
        {
            await gate.Task;
            return Credential();
        }, time);
        var requests = Enumerable.Range(0, 20).Select(_ => source.GetAsync(null, default)).ToList();
        gate.SetResult();
        Assert.Single((await Task.WhenAll(requests)).Distinct());
        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task All_waiting_requests_get_a_failure_and_it_is_not_cached()
    {
        var gate = new TaskCompletionSource();
        var source = new ExecCredentialSource(async _ =>
        {
            await gate.Task;
            return ++runs == 1 ? throw new InvalidOperationException("once") : Credential();
        }, time);
        var requests = new[] { source.GetAsync(null, default), source.GetAsync(null, default) };
        gate.SetResult();
        foreach (var request in requests)
            await Assert.ThrowsAsync<InvalidOperationException>(() => request);
        Assert.NotNull(await source.GetAsync(null, default));
    }

    [Fact]
    public async Task A_canceled_request_does_not_end_the_run_for_another()
    {
        var gate = new TaskCompletionSource();
        var source = new ExecCredentialSource(async cancellationToken =>
        {
            await gate.Task.WaitAsync(cancellationToken);
            return Credential();
        }, time);
        using var cancellation = new CancellationTokenSource();
        var impatient = source.GetAsync(null, cancellation.Token);
        var patient = source.GetAsync(null, default);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        gate.SetResult();
        Assert.NotNull(await patient);
    }

    [Fact]
    public async Task The_run_is_canceled_when_no_request_waits_for_it()
    {
        var ended = new TaskCompletionSource();
        var source = new ExecCredentialSource(async cancellationToken =>
        {
            await using var registration = cancellationToken.Register(ended.SetResult);
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return Credential();
        }, time);
        using var cancellation = new CancellationTokenSource();
        var request = source.GetAsync(null, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await ended.Task;
    }

    private ExecCredential Credential(DateTimeOffset? expires = null)
    {
        runs++;
        var expiry = expires is null ? "" : $$""","expirationTimestamp":"{{expires:O}}" """;
        return ExecCredential.Read(
            $$$"""{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"token-{{{runs}}}"{{{expiry}}}}}""",
            new ExecPlugin { Command = "login" });
    }
}
