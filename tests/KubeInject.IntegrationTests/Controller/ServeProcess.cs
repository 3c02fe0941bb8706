using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace KubeInject.IntegrationTests.Controller;

/// <summary>The program as a controller, or with the role in the options, with PostgreSQL as its source.</summary>
internal sealed partial class ServeProcess : IDisposable
{
    private readonly List<string> log = [];
    private readonly Process process;

    public ServeProcess(params string[] options)
    {
        process = Process.Start(new ProcessStartInfo("dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "KubeInject.Injector.dll"), "serve", .. options.Contains("--role") ? [] : (string[])["--role", "controller"], "--health-listen", "127.0.0.1:0", "--source", "postgresql", .. options,
        ])
        {
            RedirectStandardError = true,
            Environment = { ["KUBEINJECT_POSTGRESQL_CONNECTION"] = TestDatabase.Superuser.Reveal() },
        })!;
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.BeginErrorReadLine();
    }

    public string Log
    {
        get
        {
            lock (log)
                return string.Join('\n', log);
        }
    }

    public bool IsLeading => Log.Contains("Started to lead.", StringComparison.Ordinal) && Listening().IsMatch(Log);

    /// <summary>The address of the endpoints.</summary>
    public Uri Health => new(Listening().Match(Log).Groups["health"].Value);

    /// <summary>Stops the program as the kubelet does, and returns its exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        Assert.Equal(0, (await Command.RunAsync("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)])).ExitCode);
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    public void Dispose()
    {
        process.Kill();
        process.Dispose();
    }

    private void Add(string? line)
    {
        lock (log)
            log.Add(line ?? "");
    }

    [GeneratedRegex(@"Listening on (https://\S+ and )?(?<health>http://\S+)\.")]
    private static partial Regex Listening();
}
