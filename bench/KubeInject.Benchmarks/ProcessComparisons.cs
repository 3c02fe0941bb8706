using System.Diagnostics;

namespace KubeInject.Benchmarks;

/// <summary>Compares whole processes: the program and the module with other clients, for the same cluster and the same files.</summary>
/// <param name="folder">A folder for temporary files.</param>
/// <param name="pods">The number of pods in the cluster.</param>
internal sealed class ProcessComparisons(string folder, int pods)
{
    private const string As = "as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

    private readonly string cluster = Environment.GetEnvironmentVariable("KUBEINJECT_TEST_CLUSTER") ?? throw new InvalidOperationException("There is no cluster. Run bench/run.sh.");
    private readonly string[] powerShell = Environment.GetEnvironmentVariable("KUBEINJECT_TEST_PWSH") is { Length: > 0 } path ? [path, "-NoProfile"] : ["dotnet", "pwsh", "-NoProfile"];
    private readonly string program = Path.GetFullPath("out/program/kubeinject");
    private readonly string[] client = Environment.GetEnvironmentVariable("KUBEINJECT_BENCH_CLIENT_GO") is { Length: > 0 } path ? [path] : [];

    /// <summary>Creates the comparisons for the pods of the cluster and for a repository.</summary>
    /// <param name="files">The number of files of the repository.</param>
    public IEnumerable<Comparison> All(int files)
    {
        var curl = Curl("?resourceVersion=0");
        yield return Of("module/import", "pwsh", PowerShell("import", ImportModule), PowerShell("nothing", "")) with { IsShort = true };
        yield return Of($"module/list/{pods}", "pwsh, and curl of the same list", PowerShell("list", Count("Get-PodInjectionAnnotation -AllNamespaces")), PowerShell("nothing", ""), curl) with { Goal = 1.75, IsShort = true };
        if (!File.Exists(program))
            yield break;
        yield return Of($"program/list/{pods}", "curl of the same list", [program, "list", "-A"], curl);
        yield return Of($"program/list --consistent/{pods}", "curl of the same list", [program, "list", "-A", "--consistent"], Curl(""));
        if (client.Length > 0)
        {
            yield return Of($"program/list/{pods}, client-go", "client-go, metadata", [program, "list", "-A"], [.. client, "--cache"]);
            yield return Of($"program/list --consistent/{pods}, client-go", "client-go, metadata", [program, "list", "-A", "--consistent"], client);
        }

        yield return Of($"program/list/{pods}, kubectl", "kubectl get pods -A -o json", [program, "list", "-A"], ["kubectl", "get", "pods", "-A", "-o", "json"]);
        yield return Of($"module/list -Detailed/{pods}, kubectl", "kubectl get pods -A -o json, ConvertFrom-Json", PowerShell("detailed", Count("Get-PodInjectionAnnotation -AllNamespaces -Detailed")), PowerShell("convert", "(kubectl get pods -A -o json | ConvertFrom-Json).items.Count"));
        var repository = Path.Combine(folder, "repository");
        WriteRepository(repository, files);
        yield return Of("program/check", "YamlDotNet, events only", [program, "check", "--recurse", repository, "--format", "json"], ["dotnet", typeof(Program).Assembly.Location, "scan", repository]) with { Goal = 2 };
    }

    private static string ImportModule => $"Import-Module '{Path.GetFullPath("out/KubeInject")}'";

    // Without Measure-Object, which would load another module.
    private static string Count(string command) => $"{ImportModule}; $null = Connect-KubeCluster; @({command}).Count";

    private static Comparison Of(string name, string peer, string[] ours, params string[][] theirs) => new(name, peer, () => RunAsync(ours), async () =>
    {
        foreach (var command in theirs)
            await RunAsync(command);
    })
    { IsExternal = true };

    // A script file, because PowerShell handles -Command differently.
    private string[] PowerShell(string name, string script)
    {
        var path = Path.Combine(folder, $"{name}.ps1");
        File.WriteAllText(path, script);
        return [.. powerShell, "-File", path];
    }

    private string[] Curl(string query)
    {
        // Only this user can read the folder.
        var header = Path.Combine(folder, "token");
        File.WriteAllText(header, $"Authorization: Bearer {File.ReadAllText(Path.Combine(cluster, "admin.token")).Trim()}\n");

        // The API server indents JSON for the user agent of curl.
        return ["curl", "--silent", "--fail", "--user-agent", "bench", "--cacert", Path.Combine(cluster, "ca.crt"), "--header", $"@{header}",
            "--header", $"Accept: application/vnd.kubernetes.protobuf;{As}", "--output", Path.Combine(folder, "list"), File.ReadAllText(Path.Combine(cluster, "server")).Trim() + "/api/v1/pods" + query];
    }

    /// <summary>Writes generated manifests, each with a Deployment and a Service, a hundred to a folder.</summary>
    private static void WriteRepository(string root, int files)
    {
        foreach (var (text, number) in ManifestGenerator.Make(files).Select((text, number) => (text, number)))
        {
            var parent = Directory.CreateDirectory(Path.Combine(root, $"team-{number / 100}"));
            File.WriteAllText(Path.Combine(parent.FullName, $"app-{number}.yaml"), text);
        }
    }

    private static async Task RunAsync(string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        await process.WaitForExitAsync();

        // The generated repository has findings, so the check fails.
        if (process.ExitCode != 0 && !command.Contains("check"))
            throw new InvalidOperationException($"{string.Join(' ', command)} failed: {await error}");
    }
}
