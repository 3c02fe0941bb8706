using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using KubeInject.Credentials;
using KubeInject.Kubernetes;
using KubeInject.Tests.Kubernetes;
using Microsoft.Extensions.Time.Testing;
using static KubeInject.Tests.Kubernetes.TestServer;

namespace KubeInject.Tests.Credentials;

/// <summary>How a request to Vault is made, what is asked again and when, and what an error says.</summary>
public sealed class VaultClientTests
{
    private const string Token = "s.canaryOfTheToken0123456789";

    private static readonly VaultRequest Read = VaultRequest.Get("auth/kubernetes/role/orders");
    private static readonly VaultRequest Issue = VaultRequest.Get("databases/creds/orders") with { IsRepeatable = false };
    private static readonly Response Done = Response.Json("""{"data":{}}""");
    private static readonly Response Reset = Done with { CutAfter = 0 };
    private static readonly Response Busy = Error(429, "slow down") with { Headers = ["Retry-After: 7"] };
    private static readonly Response Sealed = Error(503, "error performing token check: Vault is sealed");

    public static TheoryData<int> TurningAway => [412, 429, 472, 473];

    [Fact]
    public async Task A_request_brings_its_token_its_namespace_and_the_mark_of_a_request()
    {
        using var server = new TestServer(_ => Done);
        using var vault = Client(server, settings: new VaultSettings { Address = new Uri(server.Http, "behind/a/proxy"), Namespace = "team/a" });

        await vault.SucceedAsync(VaultRequest.Post("sys/leases/renew", new JsonObject { ["lease_id"] = "x" }), CancellationToken.None);

        var request = Assert.Single(server.Requests);
        Assert.Equal(("POST", "/behind/a/proxy/v1/sys/leases/renew", """{"lease_id":"x"}"""), (request.Method, request.Path, request.Body));
        Assert.Equal((Token, "team/a", "true", "application/json"), (request.Headers["X-Vault-Token"], request.Headers["X-Vault-Namespace"], request.Headers["X-Vault-Request"], request.Headers["Content-Type"]));
    }

    [Fact]
    public async Task Vault_is_asked_again_when_it_says()
    {
        var clock = new ImmediateTimeProvider();
        var date = (ImmediateTimeProvider.StartTime + TimeSpan.FromSeconds(7 + 9)).ToString("R", CultureInfo.InvariantCulture);
        using var server = Answering(Busy, Error(503, "away") with { Headers = [$"Retry-After: {date}"] }, Done);
        using var vault = Client(server, clock);

        await vault.SucceedAsync(Read, CancellationToken.None);

        Assert.Equal([TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(9)], clock.Waits);
    }

    [Theory]
    [InlineData("0", 1)]
    [InlineData("3600", 30)]
    [InlineData("soon", 1)]
    public async Task The_wait_is_kept_within_reason(string value, int seconds)
    {
        var clock = new ImmediateTimeProvider();
        using var server = Answering(Busy with { Headers = [$"Retry-After: {value}"] }, Done);
        using var vault = Client(server, clock);

        await vault.SucceedAsync(Read, CancellationToken.None);

        Assert.Equal([TimeSpan.FromSeconds(seconds)], clock.Waits);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task It_is_asked_again_as_often_as_the_settings_say_and_waits_double(int retries)
    {
        var clock = new ImmediateTimeProvider();
        using var server = new TestServer(_ => Error(500, "no"));
        using var vault = Client(server, clock, new VaultSettings { Address = server.Http, MaxRetries = retries });

        var error = await Assert.ThrowsAsync<CredentialException>(() => vault.SucceedAsync(Read, CancellationToken.None));

        Assert.Equal(CredentialFailure.Unavailable, error.Reason);
        Assert.Equal(new double[] { 1, 2, 4, 8 }.Take(retries), clock.Waits.Select(wait => wait.TotalSeconds));
        Assert.Equal(retries + 1, server.Requests.Count);
    }

    [Theory]
    [MemberData(nameof(TurningAway))]
    public async Task Who_is_turned_away_at_the_door_may_come_again_whatever_he_asks_for(int status)
    {
        using var server = Answering(Error(status, "not now"), Sealed, Done);
        using var vault = Client(server);
        await vault.SucceedAsync(Issue, CancellationToken.None);
        Assert.Equal(3, server.Requests.Count);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task What_issues_is_not_sent_again_where_it_may_have_been_handled(int status)
    {
        foreach (var response in new[] { Error(status, "no"), Reset })
        {
            using var server = Answering(Done, response, Done);
            using var vault = Client(server);
            await vault.SucceedAsync(Read, CancellationToken.None);
            await Assert.ThrowsAsync<CredentialException>(() => vault.SucceedAsync(Issue, CancellationToken.None));
            Assert.Equal(2, server.Requests.Count);
        }
    }

    [Fact]
    public async Task What_does_no_harm_twice_is_sent_again_after_a_reset_and_an_error()
    {
        using var server = Answering(Done, Reset, Error(502, "no"), Done);
        using var vault = Client(server);
        await vault.SucceedAsync(Read, CancellationToken.None);
        await vault.SucceedAsync(Read, CancellationToken.None);
        Assert.Equal(4, server.Requests.Count);
    }

    [Fact]
    public async Task A_server_that_has_never_answered_is_not_waited_for()
    {
        var clock = new ImmediateTimeProvider();
        using var server = new TestServer(_ => Reset);
        using var vault = Client(server, clock);
        await Assert.ThrowsAsync<CredentialException>(() => vault.SucceedAsync(Read, CancellationToken.None));
        Assert.Empty(clock.Waits);
    }

    [Fact]
    public async Task A_limit_holds_for_all_attempts_together()
    {
        var half = Busy with { Headers = ["Retry-After: 30"] };
        using var server = Answering(half, half, Done);
        using var vault = Client(server, settings: new VaultSettings { Address = server.Http, Timeout = TimeSpan.FromSeconds(60) });

        var error = await Assert.ThrowsAsync<CredentialException>(() => vault.SucceedAsync(Read, CancellationToken.None));

        Assert.Equal($"Vault at {server.Http} did not answer GET auth/kubernetes/role/orders within 60 s (VAULT_CLIENT_TIMEOUT).", error.Message);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task Requests_keep_to_the_rate_and_use_what_was_saved_up()
    {
        var clock = new FakeTimeProvider();
        var pace = new VaultPace(new VaultRateLimit(10, 3), clock);
        var requests = Enumerable.Range(0, 6).Select(_ => pace.WaitAsync(CancellationToken.None)).ToList();
        foreach (var allowed in new[] { 3, 4, 5, 6 })
        {
            Assert.Equal(allowed, requests.Count(request => request.IsCompletedSuccessfully));
            clock.Advance(TimeSpan.FromMilliseconds(100));
        }
    }

    [Fact]
    public async Task No_more_requests_are_under_way_than_the_settings_allow()
    {
        var (now, most) = (0, 0);
        var gate = new object();
        using var server = new TestServer(_ =>
        {
            lock (gate)
                most = Math.Max(most, ++now);
            Thread.SpinWait(100_000);
            lock (gate)
                now--;
            return Done;
        });
        using var vault = Client(server, settings: new VaultSettings { Address = server.Http, Concurrency = 2 });

        await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => vault.SucceedAsync(Read, CancellationToken.None)));

        Assert.InRange(most, 1, 2);
    }

    [Theory]
    [InlineData("other host over http", "http://other.invalid/v1/auth/kubernetes/role/orders")]
    [InlineData("other path", "{server}/v1/sys/health")]
    [InlineData("a login in the address", "http://user@127.0.0.1:{port}/v1/auth/kubernetes/role/orders")]
    [InlineData("other scheme", "https://127.0.0.1:{port}/v1/auth/kubernetes/role/orders")]
    public async Task A_token_does_not_go_where_a_redirect_must_not_lead(string what, string location)
    {
        using var elsewhere = new TestServer(_ => Done);
        var to = location.Replace("{server}", elsewhere.Http.ToString().TrimEnd('/'), StringComparison.Ordinal).Replace("{port}", $"{elsewhere.Port}", StringComparison.Ordinal);
        using var server = new TestServer(_ => new Response(307, "", "") { Headers = [$"Location: {to}"] });
        using var vault = Client(server);

        var error = await Assert.ThrowsAsync<CredentialException>(() => vault.SucceedAsync(Read, CancellationToken.None));

        Assert.Contains("leads elsewhere", error.Message, StringComparison.Ordinal);
        Assert.True(elsewhere.Requests.Count == 0, what);
    }

    [Fact]
    public async Task A_redirect_of_a_redirect_is_not_followed()
    {
        using var second = new TestServer(_ => new Response(307, "", "") { Headers = ["Location: http://127.0.0.1/v1/auth/kubernetes/role/orders"] });
        using var first = new TestServer(request => new Response(307, "", "") { Headers = [$"Location: {second.Http}{request.Path[1..]}"] });
        using var vault = Client(first);
        await Assert.ThrowsAsync<CredentialException>(() => vault.SucceedAsync(Read, CancellationToken.None));
        Assert.Equal((1, 1, Token), (first.Requests.Count, second.Requests.Count, second.Requests[0].Headers["X-Vault-Token"]));
    }

    [Fact]
    public async Task A_server_is_trusted_by_the_authority_of_the_settings_alone()
    {
        using var tls = new TlsServer(_ => Done);
        var settings = new VaultSettings { Address = tls.Server.Https, CertificateAuthority = tls.Settings.CertificateAuthority };
        using var trusting = Client(tls.Server, settings: settings);
        using var careless = Client(tls.Server, settings: new VaultSettings { Address = tls.Server.Https, SkipCertificateCheck = true });
        using var strict = Client(tls.Server, settings: new VaultSettings { Address = tls.Server.Https });
        using var misnamed = Client(tls.Server, settings: settings with { TlsServerName = "vault.internal" });

        await trusting.SucceedAsync(Read, CancellationToken.None);
        await careless.SucceedAsync(Read, CancellationToken.None);

        Assert.Contains("is not signed by", (await Assert.ThrowsAsync<CredentialException>(() => strict.SucceedAsync(Read, CancellationToken.None))).Message, StringComparison.Ordinal);
        Assert.Contains("is not for vault.internal, but for", (await Assert.ThrowsAsync<CredentialException>(() => misnamed.SucceedAsync(Read, CancellationToken.None))).Message, StringComparison.Ordinal);
        Assert.Equal(2, tls.Server.Requests.Count);
    }

    [Theory]
    [InlineData("no\nsuch\tthing", "(no such thing)")]
    [InlineData("token s.canaryOfTheToken0123456789", "(token ********)")]
    [InlineData("hvs.CAESIJ0123456789abcdefghijkl-_x is bad", "(******** is bad)")]
    [InlineData("eyJhbGciOi.eyJzdWIi.x is bad", "(******** is bad)")]
    [InlineData("dial postgresql://root:canary@db:5432: no", "(dial postgresql://********@db:5432: no)")]
    [InlineData("password=canary, no", "(password=********, no)")]
    public async Task The_words_of_Vault_come_in_one_line_and_without_a_secret(string words, string shown)
    {
        using var server = new TestServer(_ => Response.Json(new JsonObject { ["errors"] = new JsonArray(words) }.ToJsonString()) with { Status = 400 });
        using var vault = Client(server);

        var error = await Assert.ThrowsAsync<CredentialException>(() => vault.SucceedAsync(Read, CancellationToken.None));

        Assert.Equal($"Vault refuses GET auth/kubernetes/role/orders (400) {shown}.", error.Message);
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("")]
    [InlineData("""{"lease_id":5,"data":[]}""")]
    [InlineData("""{"lease_id":"x","data":{"username":"u"}}""")]
    [InlineData("""{"data":{"username":"u","password":"canary"}}""")]
    public async Task An_answer_that_Vault_does_not_give_is_not_taken_for_a_credential(string body)
    {
        using var server = new TestServer(_ => Response.Json(body));
        using var vault = Client(server);
        var request = new CredentialRequest(Guid.NewGuid(), "orders", "orders", "databases", new ObjectReference("Pod", "shop", "orders"), "orders");

        var error = await Assert.ThrowsAsync<CredentialException>(() => new VaultIssuer(vault).IssueAsync(request, new CredentialHandle(request.Uuid, "orders", "databases") { Token = new Secret(Token) }, CancellationToken.None));

        Assert.Equal(CredentialFailure.UnexpectedAnswer, error.Reason);
        Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_is_no_header_is_not_sent_and_not_quoted()
    {
        using var server = new TestServer(_ => Done);
        foreach (var bad in new[] { "", "s.canary\r\nX: y", "s.canaré" })
        {
            using var vault = new VaultClient(new VaultSettings { Address = server.Http }, VaultLogin.Token(new Secret(bad)));
            var error = await Assert.ThrowsAsync<CredentialException>(() => vault.SucceedAsync(Read, CancellationToken.None));
            Assert.DoesNotContain("canar", error.ToString(), StringComparison.Ordinal);
        }

        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_lease_that_does_not_end_in_time_is_not_taken_for_revoked()
    {
        // The token may be revoked, the lease may not, and Vault never gets to it.
        using var server = new TestServer(request => request.Path switch
        {
            "/v1/sys/leases/revoke" => Error(403, "permission denied"),
            "/v1/auth/token/revoke" => new Response(204, "application/json", ""),
            _ => Done,
        });
        var clock = new ImmediateTimeProvider();
        using var vault = new VaultClient(new VaultSettings { Address = server.Http, Timeout = TimeSpan.FromSeconds(60) }, VaultLogin.Token(new Secret(Token)), new VaultRetryPolicy { Clock = clock, Jitter = () => 1 });
        var handle = new CredentialHandle(Guid.NewGuid(), "orders", "databases") { LeaseId = "databases/creds/orders/x", Token = new Secret(Token) };

        var error = await Assert.ThrowsAsync<CredentialException>(() => new VaultIssuer(vault).RevokeAsync(handle, CancellationToken.None));

        Assert.Equal(CredentialFailure.Unavailable, error.Reason);
        Assert.StartsWith("Vault has revoked the token of the lease databases/creds/orders/x, and not yet the lease itself.", error.Message, StringComparison.Ordinal);
        Assert.InRange(clock.GetUtcNow() - ImmediateTimeProvider.StartTime, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(61));
        Assert.Equal(clock.Waits.Count + 1, server.Requests.Count(request => request.Path == "/v1/sys/leases/lookup"));
    }

    private static Response Error(int status, string message) => new(status, "application/json", new JsonObject { ["errors"] = new JsonArray(message) }.ToJsonString());

    private static TestServer Answering(params Response[] responses)
    {
        var queue = new ConcurrentQueue<Response>(responses);
        return new TestServer(_ => queue.TryDequeue(out var response) ? response : Error(418, "the test has no more answers"));
    }

    private static VaultClient Client(TestServer server, ImmediateTimeProvider? clock = null, VaultSettings? settings = null) =>
        new(settings ?? new VaultSettings { Address = server.Http }, VaultLogin.Token(new Secret(Token)), new VaultRetryPolicy { Clock = clock ?? new ImmediateTimeProvider(), Jitter = () => 1 });
}
