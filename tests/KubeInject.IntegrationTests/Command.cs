using System.Diagnostics;
using System.Text;
using KubeInject.Testing;

namespace KubeInject.IntegrationTests;

/// <summary>A command that has ended.</summary>
internal sealed record Command(int ExitCode, string Output, string Error)
{
    // Programs read and write UTF-8 without a byte order mark. A test that needs one adds it.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public static Task<Command> KubeInjectAsync(params string[] arguments) => KubeInjectAsync(arguments, null, null);

    public static Task<Command> KubeInjectAsync(string[] arguments, string? input = null, string? home = null, IReadOnlyDictionary<string, string?>? environment = null, string? workingFolder = null) =>
        RunAsync(TestedProgram.File, TestedProgram.ArgumentsFor(arguments), input, home, environment, workingFolder);

    /// <summary>Runs kubectl against the test cluster, and requires that it succeeds.</summary>
    public static async Task<string> KubectlAsync(params string[] arguments)
    {
        var result = await RunAsync("kubectl", ["--kubeconfig", TestCluster.FilePath("kubeconfig"), .. arguments]);
        Assert.True(result.ExitCode == 0, $"kubectl {string.Join(' ', arguments)}: {result.Error}");
        return result.Output;
    }

    public static async Task<Command> RunAsync(string file, string[] arguments, string? input = null, string? home = null, IReadOnlyDictionary<string, string?>? environment = null, string? workingFolder = null)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = Utf8,
            StandardOutputEncoding = Utf8,
            StandardErrorEncoding = Utf8,
            WorkingDirectory = workingFolder ?? Repository.Root,
        };
        if (home is not null)
        {
            start.Environment["HOME"] = home;
            start.Environment.Remove("XDG_STATE_HOME");
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;

        using var process = Process.Start(start)!;
        var output = ReadAsync(process.StandardOutput.BaseStream);
        var error = ReadAsync(process.StandardError.BaseStream);
        await process.StandardInput.WriteAsync(input ?? "");
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return new Command(process.ExitCode, await output, await error);
    }

    private static async Task<string> ReadAsync(Stream stream)
    {
        using var buffer = new MemoryStream();
        await stream.CopyToAsync(buffer);
        return Utf8.GetString(buffer.ToArray());
    }
}
