using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KubeInject.Benchmarks;

/// <summary>
/// Sends admissions at a constant rate to <c>kubeinject serve</c>, and to an empty ASP.NET Core endpoint in another process.
/// A slow server cannot slow down the measurement, because requests do not wait for earlier ones.
/// </summary>
internal static partial class AdmissionLoad
{
    private const int Rate = 500;
    private const int Rounds = 3;

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);

    private static readonly string Review = """
        {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"0f9f4d0e-5f3f-4c8e-9c55-2b8f5d3c7a41","operation":"CREATE","namespace":"shop",
         "kind":{"group":"","version":"v1","kind":"Pod"},"resource":{"group":"","version":"v1","resource":"pods"},
         "object":{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"orders-","labels":{"vault-db-injector":"true"},"annotations":{
           "db-creds-injector.numberly.io/orders.role":"orders-rw","db-creds-injector.numberly.io/orders.env-key-dbuser":"PGUSER","db-creds-injector.numberly.io/orders.env-key-dbpassword":"PGPASSWORD"}},
          "spec":{"containers":[{"name":"app","image":"orders","env":[{"name":"PGHOST","value":"db"},{"name":"LOG_LEVEL","value":"info"}]},{"name":"proxy","image":"proxy"}]}}}}
        """;

    /// <summary>Measures both servers in turn, and writes the percentiles.</summary>
    /// <param name="program">The command line of the program, for example the path of the published file.</param>
    public static async Task RunAsync(string[] program)
    {
        var folder = Directory.CreateTempSubdirectory("kubeinject-bench-").FullName;
        try
        {
            using var certificate = WriteCertificate(folder);
            using var webhook = Start([.. program, "serve", "--role", "webhook", "--listen", "127.0.0.1:0", "--health-listen", "127.0.0.1:0", "--tls-cert", $"{folder}/tls.crt", "--tls-key", $"{folder}/tls.key"]);
            using var empty = Start(["dotnet", typeof(AdmissionLoad).Assembly.Location, "serve-nothing", $"{folder}/tls.crt", $"{folder}/tls.key"]);
            var servers = new[] { (Name: "kubeinject", Address: await AddressAsync(webhook)), (Name: "empty", Address: await AddressAsync(empty)) };
            foreach (var server in servers)
                await MeasureAsync(server.Address, certificate, TimeSpan.FromSeconds(2));
            Console.WriteLine($"{Rate} admissions per second for {Duration.TotalSeconds} s, {Rounds} rounds in turn; milliseconds");
            Console.WriteLine($"{"server",-12}{"p50",8}{"p99",8}{"p99.9",8}{"max",8}");
            for (var round = 0; round < Rounds; round++)
            {
                foreach (var server in servers)
                {
                    var times = await MeasureAsync(server.Address, certificate, Duration);
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{server.Name,-12}{At(times, 0.5),8:0.00}{At(times, 0.99),8:0.00}{At(times, 0.999),8:0.00}{times[^1],8:0.00}"));
                }
            }

            webhook.Kill();
            empty.Kill();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Answers each request with an empty review.</summary>
    public static async Task ServeNothingAsync(string certificate, string key)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(
            System.Net.IPAddress.Loopback, 0, listener => listener.UseHttps(X509Certificate2.CreateFromPemFile(certificate, key))));
        var app = builder.Build();
        app.Run(context => context.Response.WriteAsync("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}"""));
        await app.StartAsync();
        await Console.Error.WriteLineAsync($"Listening on {app.Urls.Single()}.");
        await HostingAbstractionsHostExtensions.WaitForShutdownAsync(app);
    }

    private static async Task<double[]> MeasureAsync(Uri address, X509Certificate2 certificate, TimeSpan duration)
    {
        using var client = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = { CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { certificate }, RevocationMode = X509RevocationMode.NoCheck } },
            EnableMultipleHttp2Connections = true,
        })
        {
            DefaultRequestVersion = System.Net.HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrHigher,
        };
        var content = Encoding.UTF8.GetBytes(Review);
        var start = Stopwatch.GetTimestamp();
        var requests = new List<Task<double>>();
        for (var number = 0; number < Rate * duration.TotalSeconds; number++)
        {
            var due = TimeSpan.FromSeconds((double)number / Rate);
            if (due - Stopwatch.GetElapsedTime(start) is { Ticks: > 0 } early)
                await Task.Delay(early);
            requests.Add(SendAsync());
        }

        return [.. (await Task.WhenAll(requests)).Order()];

        async Task<double> SendAsync()
        {
            var sent = Stopwatch.GetTimestamp();
            using var body = new ByteArrayContent(content);
            body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await client.PostAsync(new Uri(address, "/mutate"), body);
            response.EnsureSuccessStatusCode();
            await response.Content.ReadAsByteArrayAsync();
            return Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
        }
    }

    private static double At(double[] times, double part) => times[(int)(part * (times.Length - 1))];

    private static Process Start(string[] command) =>
        Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true }) ?? throw new InvalidOperationException($"{command[0]} did not start.");

    private static async Task<Uri> AddressAsync(Process server)
    {
        while (await server.StandardError.ReadLineAsync() is { } line)
        {
            if (Listening().Match(line) is { Success: true } match)
            {
                _ = server.StandardError.ReadToEndAsync();
                return new Uri(match.Groups["address"].Value);
            }
        }

        throw new InvalidOperationException("The server ended instead of starting.");
    }

    private static X509Certificate2 WriteCertificate(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        var request = new CertificateRequest("CN=bench", key, HashAlgorithmName.SHA256) { CertificateExtensions = { names.Build() } };
        var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText($"{folder}/tls.crt", certificate.ExportCertificatePem());
        File.WriteAllText($"{folder}/tls.key", key.ExportPkcs8PrivateKeyPem());
        return certificate;
    }

    [GeneratedRegex(@"Listening on (?<address>https://[^\s]*[0-9])")]
    private static partial Regex Listening();
}
