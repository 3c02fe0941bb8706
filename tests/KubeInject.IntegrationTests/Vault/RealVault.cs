using System.Diagnostics;
using System.Globalization;

namespace KubeInject.IntegrationTests.Vault;

/// <summary>A real Vault or OpenBao in dev mode: in memory, on a loopback port.</summary>
internal sealed class RealVault : TestVault
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder home = new();
    private readonly Process process;

    public RealVault(string program)
    {
        var port = FreePorts.Take();
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        RootToken = Guid.NewGuid().ToString("n");

        // The token is on no command line, and the program ends when its standard input ends with the process of the test,
        // for any reason.
        var start = new ProcessStartInfo("sh", ["-c", """ "$0" server -dev -dev-no-store-token </dev/null & read -r _; kill -KILL $! """, program])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["HOME"] = home.Path,
                ["VAULT_DEV_ROOT_TOKEN_ID"] = RootToken,
                ["BAO_DEV_ROOT_TOKEN_ID"] = RootToken,
                ["VAULT_DEV_LISTEN_ADDRESS"] = $"{Address.Host}:{Address.Port}",
                ["BAO_DEV_LISTEN_ADDRESS"] = $"{Address.Host}:{Address.Port}",
            },
        };
        process = Process.Start(start)!;
        var key = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null)
                key.TrySetException(new InvalidOperationException($"{program} ended instead of starting."));
            else if (line.Data.StartsWith("Unseal Key:", StringComparison.Ordinal))
                key.TrySetResult(line.Data["Unseal Key:".Length..].Trim());
        };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        UnsealKey = key.Task.WaitAsync(LongestStart).GetAwaiter().GetResult();
    }

    public override Uri Address { get; }

    public override string RootToken { get; }

    protected override string UnsealKey { get; }

    protected override void Dispose(bool disposing)
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
        home.Dispose();
    }
}
