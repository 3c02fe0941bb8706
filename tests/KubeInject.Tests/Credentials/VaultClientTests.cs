using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using KubeInject.Credentials;
using KubeInject.Credentials.Vault;
using KubeInject.Kubernetes.Objects;
using KubeInject.Tests.Kubernetes;
using Microsoft.Extensions.Time.Testing;
using static KubeInject.Tests.Kubernetes.TestServer;

namespace KubeInject.Tests.Credentials;

/// <summary>Requests to Vault, their retries, and their errors.</summary>
public sealed class VaultClientTests
{
    private const string Token = "s.canaryOfTheToken0123456789";

    private static readonly VaultRequest Read = VaultRequest.Get("auth/kubernetes/role/orders");
    private static readonly VaultRequest Issue = VaultRequest.Get("databases/creds/orders") with { IsRepeatable = false };
    private static readonly CredentialRequest Request = new(Guid.NewGuid(), "orders", "orders", "databases", new ObjectReference("Pod", "shop", "orders"), "orders");
    private static readonly Response Done = Response.Json("""{"data":{}}""");
    private static readonly Response Reset = Done with { CutAfter = 0 };
    private static readonly Response Busy = Error(429, "slow down") with { Headers = ["Retry-After: 7"] };
    private static readonly Response Sealed = Error(503, "error performing token check: Vault is sealed");

    public static TheoryData<int> TurningAway => [412, 429, 472, 473];

    [Fact]
    public async Task A_request_has_its_token_its_namespace_and_the_request_header()
    {
        using var server = new TestServer(_ => Done);
        using var vault = Client(server, settings: new VaultSettings { Address = new Uri(server.Http, "behind/a/proxy"), Namespace = "team/a" });

        await vault.SendAndEnsureSuccessAsync(VaultRequest.Post("sys/leases/renew", new JsonObject { ["lease_id"] = "x" }), CancellationToken.None);

        var request = Assert.Single(server.Requests);
        Assert.Equal(("POST", "/behind/a/proxy/v1/sys/leases/renew", """{"lease_id":"x"}"""), (request.Method, request.Path, request.Body));
        Assert.Equal((Token, "team/a", "true", "application/json"), (request.Headers["X-Vault-Token"], request.Headers["X-Vault-Namespace"], request.Headers["X-Vault-Request"], request.Headers["Content-Type"]));
    }

    [Fact]
    public async Task A_request_is_retried_after_Retry_After()
    {
        var clock = new ImmediateTimeProvider();
        var date = (ImmediateTimeProvider.StartTime + TimeSpan.FromSeconds(7 + 9)).ToString("R", CultureInfo.InvariantCulture);
        using var server = Answering(Busy, Error(503, "away") with { Headers = [$"Retry-After: {date}"] }, Done);
        using var vault = Client(server, clock);

        await vault.SendAndEnsureSuccessAsync(Read, CancellationToken.None);

        Assert.Equal([TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(9)], clock.Waits);
    }

    [Theory]
    [InlineData("0", 1)]
    [InlineData("25", 25)]
    [InlineData("soon", 1)]
    public async Task The_delay_is_limited(string value, int seconds)
    {
        var clock = new ImmediateTimeProvider();
        using var server = Answering(Busy with { Headers = [$"Retry-After: {value}"] }, Done);
        using var vault = Client(server, clock);

        await vault.SendAndEnsureSuccessAsync(Read, CancellationToken.None);

        Assert.Equal([TimeSpan.FromSeconds(seconds)], clock.Waits);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Retries_follow_the_settings_with_doubling_delays(int retries)
    {
        var clock = new ImmediateTimeProvider();
        using var server = new TestServer(_ => Error(500, "no"));
        using var vault = Client(server, clock, new VaultSettings { Address = server.Http, MaxRetries = retries });

        var error = await Assert.ThrowsAsync<CredentialException>(() => vault.SendAndEnsureSuccessAsync(Read, CancellationToken.None));

        Assert.Equal(CredentialFailure.Unavailable, error.Reason);
        Assert.Equal(new double[] { 1, 2, 4, 8 }.Take(retries), clock.Waits.Select(wait => wait.TotalSeconds));
        Assert.Equal(retries + 1, server.Requests.Count);
    }

    [Theory]
    [InlineData(429, "1000000000", "1000000000 s")]
    [InlineData(429, "99999999999999999999999999999999999999", "922337203686 s")]
    [InlineData(429, "60", "60 s")]
    [InlineData(503, "3600", "3600 s")]
    [InlineData(429, "Fri, 31 Dec 9999 23:59:59 GMT", "251634977754 s")]
    public async Task A_delay_that_exceeds_the_timeout_of_the_request_is_not_started(int status, string value, string asked)
    {
        var clock = new ImmediateTimeProvider();
        using var server = Answering(Error(status, "not now") with { Headers = [$"Retry-After: {value}"] });
        using var vault = Client(server, clock);

        var error = await Assert.ThrowsAsync<CredentialException>(() => vault.SendAndEnsureSuccessAsync(Read, CancellationToken.None));

        Assert.Equal((CredentialFailure.Unavailable, 1), (error.Reason, server.Requests.Count));
        Assert.Contains("not now", error.Message, StringComparison.Ordinal);
        Assert.EndsWith($"The server requests a wait of {asked}, which is longer than the time that remains of the request timeout (60 s). Run the command again later.", error.Message, StringComparison.Ordinal);
        Assert.Empty(clock.Waits);
    }

    [Theory]
    [InlineData(200, "text/html", "<html>Sign in</html>", "text/html that is not JSON")]
    [InlineData(200, "application/json", "", "application/json that is not JSON")]
    [InlineData(202, "text/plain", "accepted", "text/plain that is not JSON")]
    [InlineData(200, "application/json", "{}", "JSON that is not a Vault response")]
    [InlineData(200, "application/json", "[]", "JSON that is not a Vault response")]
    [InlineData(200, "application/json", "null", "JSON that is not a Vault response")]
    [InlineData(200, "application/json", """{"kind":"Status","apiVersion":"v1","status":"Success"}""", "JSON that is not a Vault response")]
    [InlineData(200, "application/json", """{"message":"ok"}""", "JSON that is not a Vault response")]
    public async Task A_response_without_the_format_of_Vault_is_not_a_success(int status, string type, string body, string what)
    {
        using var server = new TestServer(_ => new Response(status, type, body));
        using var vault = Client(server);
        var lease = LeaseRecord.For(Request, new VaultIssuer(vault)) with { LeaseId = "databases/creds/orders/x", Token = new SensitiveString(Token) };

        foreach (var attempt in new Func<Task>[] { () => vault.SendAndEnsureSuccessAsync(Read, CancellationToken.None), () => vault.SendAndEnsureSuccessAsync(Issue, CancellationToken.None), () => new VaultIssuer(vault).RevokeAsync(lease, CancellationToken.None) })
        {
            var error = await Assert.ThrowsAsync<CredentialException>(attempt);
            Assert.Equal(CredentialFailure.UnexpectedAnswer, error.Reason);
            Assert.StartsWith($"The server at {server.Http} did not return a valid Vault response to ", error.Message, StringComparison.Ordinal);
            Assert.EndsWith($": it returned status {status} with {what}, so it is not Vault; check its address (VAULT_ADDR).", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_success_can_have_no_content()
    {
        using var server = new TestServer(_ => new Response(204, "application/json", ""));
        using var vault = Client(server);
        Assert.Equal(204, (await vault.SendAndEnsureSuccessAsync(Read, CancellationToken.None)).StatusCode);
    }

    [Fact]
    public async Task A_response_that_is_too_large_is_an_error()
    {
        var large = Response.Json("") with { Lines = Endless() };
        using var server = new TestServer(_ => large);
        using var vault = new VaultClient(new VaultSettings { Address = server.Http }, VaultLogin.Token(new SensitiveString(Token)), new VaultRetryPolicy { Limits = VaultRetryPolicy.DefaultLimits with { MaxBodyBytes = 3 << 20 } });

        var error = await Assert.ThrowsAsync<CredentialException>(() => vault.SendAndEnsureSuccessAsync(Read, CancellationToken.None));

        Assert.Equal(CredentialFailure.UnexpectedAnswer, error.Reason);
        Assert.Equal($"The server at {server.Http} did not return a valid Vault response to GET auth/kubernetes/role/orders: the response is larger than 3 MiB. Check which server runs at this address (VAULT_ADDR).", error.Message);
    }

    [Theory]
    [MemberData(nameof(TurningAway))]
    public async Task A_rate_limited_request_is_always_retried(int status)
    {
        using var server = Answering(Error(status, "not now"), Sealed, Done);
        using var vault = Client(server);
        await vault.SendAndEnsureSuccessAsync(Issue, CancellationToken.None);
        Assert.Equal(3, server.Requests.Count);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task A_request_that_issues_is_not_retried_if_it_might_have_been_processed(int status)
    {
        foreach (var response in new[] { Error(status, "no"), Reset })
        {
            using var server = Answering(Done, response, Done);
            using var vault = Client(server);
            await vault.SendAndEnsureSuccessAsync(Read, CancellationToken.None);
            await Assert.ThrowsAsync<CredentialException>(() => vault.SendAndEnsureSuccessAsync(Issue, CancellationToken.None));
            Assert.Equal(2, server.Requests.Count);
        }
    }

    [Fact]
    public async Task An_idempotent_request_is_retried_after_a_reset_and_an_error()
    {
        using var server = Answering(Done, Reset, Error(502, "no"), Done);
        using var vault = Client(server);
        await vault.SendAndEnsureSuccessAsync(Read, CancellationToken.None);
        await vault.SendAndEnsureSuccessAsync(Read, CancellationToken.None);
        Assert.Equal(4, server.Requests.Count);
    }

    [Fact]
    public async Task A_server_that_has_never_responded_is_not_retried()
    {
        var clock = new ImmediateTimeProvider();
        using var server = new TestServer(_ => Reset);
        using var vault = Client(server, clock);
        await Assert.ThrowsAsync<CredentialException>(() => vault.SendAndEnsureSuccessAsync(Read, CancellationToken.None));
        Assert.Empty(clock.Waits);
    }

    [Fact]
    public async Task A_timeout_applies_to_all_attempts_together()
    {
        // Each attempt, or each delay, takes half of the time.
        var half = Busy with { Headers = ["Retry-After: 30"] };
        using var busy = Answering(half, half, Done);
        using var waiting = Client(busy, settings: new VaultSettings { Address = busy.Http, Timeout = TimeSpan.FromSeconds(60) });
        var clock = new FakeTimeProvider();
        using var slow = new TestServer(_ =>
        {
            clock.Advance(TimeSpan.FromSeconds(30));
            return clock.GetUtcNow() - new FakeTimeProvider().GetUtcNow() < TimeSpan.FromSeconds(60) ? Busy with { Headers = ["Retry-After: 0"] } : Done with { NeverComes = true };
        });
        using var attempting = new VaultClient(new VaultSettings { Address = slow.Http, Timeout = TimeSpan.FromSeconds(60) }, VaultLogin.Token(new SensitiveString(Token)), new VaultRetryPolicy { Clock = clock, FirstWait = TimeSpan.Zero });

        var refused = await Assert.ThrowsAsync<CredentialException>(() => waiting.SendAndEnsureSuccessAsync(Read, CancellationToken.None));
        var timedOut = await Assert.ThrowsAsync<CredentialException>(() => attempting.SendAndEnsureSuccessAsync(Read, CancellationToken.None));

        Assert.EndsWith("The server requests a wait of 30 s, which is longer than the time that remains of the request timeout (60 s). Run the command again later.", refused.Message, StringComparison.Ordinal);
        Assert.Equal($"Vault at {slow.Http} did not answer GET auth/kubernetes/role/orders within 60 s (VAULT_CLIENT_TIMEOUT).", timedOut.Message);
        Assert.Equal((2, 2), (busy.Requests.Count, slow.Requests.Count));
    }

    [Fact]
    public async Task Requests_respect_the_rate_limit_and_its_burst()
    {
        var clock = new FakeTimeProvider();
        var pace = new VaultRateLimiter(new VaultRateLimit(10, 3), clock);
        var requests = Enumerable.Range(0, 6).Select(_ => pace.WaitAsync(CancellationToken.None)).ToList();
        foreach (var allowed in new[] { 3, 4, 5, 6 })
        {
            Assert.Equal(allowed, requests.Count(request => request.IsCompletedSuccessfully));
            clock.Advance(TimeSpan.FromMilliseconds(100));
        }
    }

    [Fact]
    public async Task Concurrent_requests_do_not_exceed_the_limit()
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

        await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => vault.SendAndEnsureSuccessAsync(Read, CancellationToken.None)));

        Assert.InRange(most, 1, 2);
    }

    [Fact]
    public async Task Only_the_CA_of_the_settings_is_trusted()
    {
        using var tls = new TlsServer(_ => Done);
        var settings = new VaultSettings { Address = tls.Server.Https, CertificateAuthority = tls.Settings.CertificateAuthority };
        using var trusting = Client(tls.Server, settings: settings);
        using var careless = Client(tls.Server, settings: new VaultSettings { Address = tls.Server.Https, SkipCertificateCheck = true });
        using var strict = Client(tls.Server, settings: new VaultSettings { Address = tls.Server.Https });
        using var misnamed = Client(tls.Server, settings: settings with { TlsServerName = "vault.internal" });

        await trusting.SendAndEnsureSuccessAsync(Read, CancellationToken.None);
        await careless.SendAndEnsureSuccessAsync(Read, CancellationToken.None);

        Assert.Contains("is not signed by", (await Assert.ThrowsAsync<CredentialException>(() => strict.SendAndEnsureSuccessAsync(Read, CancellationToken.None))).Message, StringComparison.Ordinal);
        Assert.Contains("is not valid for vault.internal. It is valid for", (await Assert.ThrowsAsync<CredentialException>(() => misnamed.SendAndEnsureSuccessAsync(Read, CancellationToken.None))).Message, StringComparison.Ordinal);
        Assert.Equal(2, tls.Server.Requests.Count);
    }

    [Theory]
    [InlineData("no\nsuch\tthing", "(no such thing)")]
    [InlineData("token s.canaryOfTheToken0123456789", "(token ********)")]
    [InlineData("hvs.CAESIJ0123456789abcdefghijkl-_x is bad", "(******** is bad)")]
    [InlineData("eyJhbGciOi.eyJzdWIi.x is bad", "(******** is bad)")]
    [InlineData("dial postgresql://root:canary@db:5432: no", "(dial postgresql://********@db:5432: no)")]
    [InlineData("password=canary, no", "(password=********, no)")]
    public async Task Messages_of_Vault_are_shown_on_one_line_without_secrets(string words, string shown)
    {
        using var server = new TestServer(_ => Response.Json(new JsonObject { ["errors"] = new JsonArray(words) }.ToJsonString()) with { Status = 400 });
        using var vault = Client(server);

        var error = await Assert.ThrowsAsync<CredentialException>(() => vault.SendAndEnsureSuccessAsync(Read, CancellationToken.None));

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
    public async Task An_unexpected_response_is_not_treated_as_a_credential(string body)
    {
        using var server = new TestServer(_ => Response.Json(body));
        using var vault = Client(server);
        var issuer = new VaultIssuer(vault);
        var lease = LeaseRecord.For(Request, issuer) with { Token = new SensitiveString(Token) };

        var error = await Assert.ThrowsAsync<CredentialException>(() => issuer.IssueAsync(lease, CancellationToken.None));

        Assert.Equal(CredentialFailure.UnexpectedAnswer, error.Reason);
        Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_is_not_a_valid_header_is_neither_sent_nor_quoted()
    {
        using var server = new TestServer(_ => Done);
        foreach (var bad in new[] { "", "s.canary\r\nX: y", "s.canaré" })
        {
            using var vault = new VaultClient(new VaultSettings { Address = server.Http }, VaultLogin.Token(new SensitiveString(bad)));
            var error = await Assert.ThrowsAsync<CredentialException>(() => vault.SendAndEnsureSuccessAsync(Read, CancellationToken.None));
            Assert.DoesNotContain("canar", error.ToString(), StringComparison.Ordinal);
        }

        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_lease_that_does_not_end_in_time_is_not_treated_as_revoked()
    {
        // The token may be revoked but not the lease, and Vault never finishes.
        using var server = new TestServer(request => request.Path switch
        {
            "/v1/sys/leases/revoke" => Error(403, "permission denied"),
            "/v1/auth/token/revoke" => new Response(204, "application/json", ""),
            _ => Done,
        });
        var clock = new ImmediateTimeProvider();
        using var vault = new VaultClient(new VaultSettings { Address = server.Http, Timeout = TimeSpan.FromSeconds(60) }, VaultLogin.Token(new SensitiveString(Token)), new VaultRetryPolicy { Clock = clock, Jitter = () => 1 });
        var lease = LeaseRecord.For(Request, new VaultIssuer(vault)) with { LeaseId = "databases/creds/orders/x", Token = new SensitiveString(Token) };

        var error = await Assert.ThrowsAsync<CredentialException>(() => new VaultIssuer(vault).RevokeAsync(lease, CancellationToken.None));

        Assert.Equal(CredentialFailure.Unavailable, error.Reason);
        Assert.StartsWith("Vault has revoked the token of the lease databases/creds/orders/x but not yet the lease itself.", error.Message, StringComparison.Ordinal);
        Assert.InRange(clock.GetUtcNow() - ImmediateTimeProvider.StartTime, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(61));
        Assert.Equal(clock.Waits.Count + 1, server.Requests.Count(request => request.Path == "/v1/sys/leases/lookup"));
    }

    private static Response Error(int status, string message) => new(status, "application/json", new JsonObject { ["errors"] = new JsonArray(message) }.ToJsonString());

    private static async IAsyncEnumerable<string> Endless()
    {
        yield return """{"data":{"keys":[""";
        while (true)
        {
            yield return new string(' ', 64 * 1024);
            await Task.Yield();
        }
    }

    private static TestServer Answering(params Response[] responses)
    {
        var queue = new ConcurrentQueue<Response>(responses);
        return new TestServer(_ => queue.TryDequeue(out var response) ? response : Error(418, "the test has no more responses"));
    }

    private static VaultClient Client(TestServer server, ImmediateTimeProvider? clock = null, VaultSettings? settings = null) =>
        new(settings ?? new VaultSettings { Address = server.Http }, VaultLogin.Token(new SensitiveString(Token)), new VaultRetryPolicy { Clock = clock ?? new ImmediateTimeProvider(), Jitter = () => 1 });
}
