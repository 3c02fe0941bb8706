using System.Text;
using System.Text.Json;
using KubeInject.Http;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;
using static KubeInject.Tests.Kubernetes.TestServer;

namespace KubeInject.Tests.Kubernetes;

public class ConnectionTestTests
{
    private const string Reviews = "/apis/authentication.k8s.io/v1/tokenreviews";
    private const string Rights = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    private const string Canary = "canary-token-4711";

    [Fact]
    public async Task A_connection_is_described()
    {
        using var server = new TlsServer(TestServer.Kubernetes(_ => Response.Json("""{"status":{"allowed":true,"reason":"because"}}""")));

        var report = await RunAsync(server.Settings with { Token = new SensitiveString(Canary), Context = "one", Namespace = "shop" });

        Assert.Equal(
            (server.Server.Https, "one", true, null, null, "v1.99.0", "token", true),
            (report.Server, report.Context, report.Reachable, report.Failure, report.Message, report.ServerVersion, report.AuthenticationKind, report.ChecksCertificate));
        Assert.Equal(("someuser", IdentitySource.SelfSubjectReview), (report.User, report.UserSource));
        Assert.Equal(["CN=test-server", "CN=test-ca"], report.ServerCertificate.Select(certificate => certificate.Subject));
        Assert.Equal(39, report.ServerCertificateDaysLeft);
        Assert.Contains(report.Rights, right => (right.Verb, right.Resource, right.Namespace, right.Allowed, right.Reason) == ("create", "serviceaccounts/token", "shop", true, "because"));
        Assert.Contains(report.Rights, right => (right.Verb, right.Resource, right.Namespace) == ("list", "namespaces", null));
    }

    [Fact]
    public async Task If_the_server_does_not_report_the_user_a_token_review_does()
    {
        using var server = new TlsServer(Old(_ => Response.Json("""{"status":{"authenticated":true,"user":{"username":"admin","groups":["masters"]}}}""")));

        var report = await RunAsync(server.Settings with { Token = new SensitiveString(Canary) });

        Assert.Equal(("admin", IdentitySource.TokenReview), (report.User, report.UserSource));
        Assert.Equal(["masters"], report.Groups);
        Assert.Equal(Canary, JsonSerializer.Deserialize<JsonElement>(Assert.Single(server.Server.Requests, request => request.Path == Reviews).Body).GetProperty("spec").GetProperty("token").GetString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task If_the_token_review_is_forbidden_the_error_names_the_user(bool hasToken)
    {
        using var server = new TlsServer(Old(_ => Response.Error(403, "Forbidden", "tokenreviews is forbidden: User \\\"viewer\\\" cannot create resource")));

        var report = await RunAsync(server.Settings with { Token = hasToken ? new SensitiveString(Canary) : null });

        Assert.Equal(("viewer", IdentitySource.Denial), (report.User, report.UserSource));
    }

    [Theory]
    [InlineData(404, """{"kind":"Status"}""")]
    [InlineData(201, """{"status":{}}""")]
    [InlineData(201, "<html>")]
    public async Task If_the_server_cannot_identify_the_user_the_token_does(int status, string body)
    {
        using var server = new TlsServer(Old(_ => new Response(status, "application/json", body)));
        var claims = Convert.ToBase64String(Encoding.UTF8.GetBytes("""{"sub":"system:serviceaccount:shop:teller"}""")).TrimEnd('=');

        Assert.Equal(("system:serviceaccount:shop:teller", IdentitySource.TokenClaims), Who(await RunAsync(server.Settings with { Token = new SensitiveString($"e30.{claims}.c2ln") })));
        Assert.Equal((null, IdentitySource.Unknown), Who(await RunAsync(server.Settings with { Token = new SensitiveString(Canary) })));
    }

    [Fact]
    public async Task If_the_server_cannot_identify_the_user_a_certificate_name_or_impersonation_does()
    {
        using var server = new TlsServer(Old(_ => Response.Error(404, "NotFound", "no")));
        var (certificate, key) = TestCertificates.EcClient("CN=bob, O=one, O=two");
        using var pair = key;
        var client = ClientCertificate.FromPem(certificate, new SensitiveString(key.ExportPkcs8PrivateKeyPem()));

        var ofCertificate = await RunAsync(server.Settings with { ClientCertificate = client });
        Assert.Equal(("bob", IdentitySource.ClientCertificate), Who(ofCertificate));
        Assert.Equal(["one", "two"], ofCertificate.Groups.Order(StringComparer.Ordinal));
        Assert.Equal(39, ofCertificate.ClientCertificateDaysLeft);
        Assert.Equal(("bob", IdentitySource.Username), Who(await RunAsync(server.Settings with { Username = "bob", Password = new SensitiveString(Canary) })));
        Assert.Equal(("eve", IdentitySource.Impersonation), Who(await RunAsync(server.Settings with { Token = new SensitiveString(Canary), Impersonation = new Impersonation { User = "eve" } })));
        Assert.Equal((null, IdentitySource.Unknown), Who(await RunAsync(server.Settings)));
    }

    [Fact]
    public async Task A_permission_that_the_server_does_not_report_is_unknown()
    {
        using var server = new TestServer(TestServer.Kubernetes(request => request.Path == Rights ? Response.Error(403, "Forbidden", "anonymous") : Response.Error(404, "NotFound", "no")));

        var right = (await RunAsync(new ConnectionSettings { Server = server.Http })).Rights[0];

        Assert.Equal((null, "anonymous", "get pods: unknown"), (right.Allowed, right.Reason, $"{right}"));
    }

    [Fact]
    public async Task A_failed_connection_is_a_finding()
    {
        using var server = new TlsServer(_ => Response.Error(401, "Unauthorized", "Unauthorized"));

        var report = await RunAsync(server.Settings with { Token = new SensitiveString(Canary) });

        Assert.Equal((false, KubeConnectionFailure.Unauthorized, "token", null), (report.Reachable, report.Failure, report.AuthenticationKind, report.User));
        Assert.Equal("CN=test-server", report.ServerCertificate[0].Subject);
        Assert.Empty(report.Rights);
        Assert.Equal($"{server.Server.Https}: {report.Message}", $"{report}");
    }

    [Fact]
    public async Task An_untrusted_certificate_is_shown()
    {
        using var server = new TlsServer();
        using var other = TestCertificates.Authority("CN=other-ca");

        var report = await RunAsync(server.Settings with { CertificateAuthority = CertificateAuthority.FromPem(other.ExportCertificatePem()) });

        Assert.Equal((false, KubeConnectionFailure.UntrustedCertificate), (report.Reachable, report.Failure));
        Assert.Equal("CN=test-server", Assert.Single(report.ServerCertificate).Subject);
    }

    [Fact]
    public async Task Contradictory_settings_are_a_finding()
    {
        var report = await RunAsync(new ConnectionSettings { Server = new Uri("http://example.test"), Token = new SensitiveString(Canary) });

        Assert.Equal((false, null), (report.Reachable, report.Failure));
        Assert.Contains("plain text", report.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancellation_is_not_a_finding()
    {
        using var cancellation = new CancellationTokenSource();
        using var server = new TestServer(_ =>
        {
            cancellation.Cancel();
            return Response.Json("") with { NeverComes = true };
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ConnectionTest.RunAsync(new ConnectionSettings { Server = server.Http }, cancellation.Token));
    }

    private static (string? User, IdentitySource Source) Who(ConnectionReport report) => (report.User, report.UserSource);

    /// <summary>Responds like an API server without SelfSubjectReview.</summary>
    private static Func<Request, Response> Old(Func<Request, Response> reviews) => request => request.Path switch
    {
        "/version" => Response.Json("""{"gitVersion":"v1.20.2"}"""),
        Reviews => reviews(request),
        Rights => Response.Json("""{"status":{"allowed":true}}"""),
        _ => Response.Error(404, "NotFound", "nothing here"),
    };

    private static async Task<ConnectionReport> RunAsync(ConnectionSettings settings)
    {
        var report = await ConnectionTest.RunAsync(settings);
        Assert.DoesNotContain("canary", JsonSerializer.Serialize(report), StringComparison.Ordinal);
        return report;
    }
}
