using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace KubeInject.IntegrationTests.Admission;

/// <summary>The program as a webhook, with a certificate of a CA that the test creates.</summary>
internal sealed partial class WebhookProcess : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly List<string> lines = [];
    private readonly TaskCompletionSource<(Uri Webhook, Uri Health)> started = new();
    private readonly Process process;

    private WebhookProcess(string logFormat)
    {
        using var authority = ClientCredentials.Intermediate();
        var (certificate, key) = ClientCredentials.Server(authority);
        using (key)
            folder.Write("tls.key", key.ExportPkcs8PrivateKeyPem());
        folder.Write("tls.crt", certificate);
        Authority = authority.ExportCertificatePem();
        process = Process.Start(new ProcessStartInfo(TestedProgram.File, TestedProgram.ArgumentsFor(
        [
            "serve", "--role", "webhook", "--listen", "127.0.0.1:0", "--health-listen", "127.0.0.1:0",
            "--tls-cert", folder.File("tls.crt"), "--tls-key", folder.File("tls.key"), "--log-level", "debug", "--log-format", logFormat,
        ]))
        {
            RedirectStandardError = true,
        })!;
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginErrorReadLine();
    }

    /// <summary>The CA of the certificate, as PEM.</summary>
    public string Authority { get; }

    /// <summary>The address of the webhook.</summary>
    public Uri Webhook => new(started.Task.Result.Webhook, "/mutate");

    /// <summary>The log so far.</summary>
    public string Log
    {
        get
        {
            lock (lines)
                return string.Join('\n', lines);
        }
    }

    /// <summary>Starts the program, and waits until it listens.</summary>
    public static async Task<WebhookProcess> StartAsync(string logFormat = "text")
    {
        var webhook = new WebhookProcess(logFormat);
        await webhook.started.Task.WaitAsync(TimeSpan.FromMinutes(1));
        return webhook;
    }

    /// <summary>Gets one of the endpoints for health and metrics.</summary>
    public async Task<string> GetAsync(string path)
    {
        using var client = new HttpClient();
        return await client.GetStringAsync(new Uri(started.Task.Result.Health, path));
    }

    /// <summary>Sends SIGTERM.</summary>
    public async Task TerminateAsync() => Assert.Equal(0, (await Command.RunAsync("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)])).ExitCode);

    /// <summary>Waits until the program has ended, and returns its exit code.</summary>
    public async Task<int> UntilEndAsync()
    {
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
        folder.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            started.TrySetException(new InvalidOperationException($"The program has ended: {Log}"));
            return;
        }

        lock (lines)
            lines.Add(line);
        if (Listening().Match(line) is { Success: true } match)
            started.TrySetResult((new Uri(match.Groups["webhook"].Value), new Uri(match.Groups["health"].Value)));
    }

    [GeneratedRegex(@"Listening on (?<webhook>https://\S+) and (?<health>http://[^\s""]+)\.")]
    private static partial Regex Listening();
}
