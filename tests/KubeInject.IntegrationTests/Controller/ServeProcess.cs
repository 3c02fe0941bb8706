using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace KubeInject.IntegrationTests.Controller;

/// <summary>The program as a controller with PostgreSQL as its source, unless the options specify another role or source.</summary>
internal sealed partial class ServeProcess : IDisposable
{
    private readonly List<string> log = [];
    private readonly Process process;

    public ServeProcess(params string[] options)
        : this(TestDatabase.Superuser, options)
    {
    }

    /// <param name="database">The connection string of the source.</param>
    /// <param name="options">Further options.</param>
    public ServeProcess(SensitiveString database, string[] options)
    {
        process = Process.Start(new ProcessStartInfo(TestedProgram.File, TestedProgram.ArgumentsFor(
        [
            "serve", .. options.Contains("--role") ? [] : (string[])["--role", "controller"], "--health-listen", "127.0.0.1:0", .. options.Contains("--source") ? [] : (string[])["--source", "postgresql"], .. options,
        ]))
        {
            RedirectStandardError = true,
            Environment = { ["KUBEINJECT_POSTGRESQL_CONNECTION"] = database.Reveal() },
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

    public bool IsListening => Listening().IsMatch(Log);

    public bool IsLeading => Log.Contains("Started to lead.", StringComparison.Ordinal) && IsListening;

    /// <summary>The memory that the program uses, in MiB.</summary>
    public long Memory
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64 >> 20;
        }
    }

    /// <summary>The address of the endpoints.</summary>
    public Uri Health => new(Listening().Match(Log).Groups["health"].Value);

    /// <summary>Stops the program as the kubelet does, and returns its exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        Assert.Equal(0, (await Command.RunAsync("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)])).ExitCode);
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    /// <summary>Sends SIGKILL, and waits until the program has ended.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
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

    [GeneratedRegex(@"Listening on (https://\S+ and )?(?<health>http://[^\s""]+)\.")]
    private static partial Regex Listening();
}
