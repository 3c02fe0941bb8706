using KubeInject.Annotations;
using KubeInject.Injection;

namespace KubeInject.Injector;

/// <summary>Writes what was injected to standard error. Contains no secret.</summary>
internal static class InjectionReport
{
    private static readonly string[] Header = ["OBJECT", "STATUS", "DATABASE", "ROLE", "VARIABLES", "CONTAINERS"];

    public static void Write(IReadOnlyList<ManifestResult> results)
    {
        var rows = results.SelectMany(result => result.Pods).SelectMany(Rows).ToList();
        if (rows.Count > 0)
        {
            foreach (var line in TextTable.Lines(Header, rows))
                Console.Error.WriteLine(line);
        }

        foreach (var finding in results.SelectMany(result => result.Pods).SelectMany(pod => pod.Findings))
        {
            if (finding.Severity == FindingSeverity.Error)
                Messages.Error(finding.ToString());
            else if (finding.Severity == FindingSeverity.Warning)
                Messages.Warning(finding.ToString());
        }

        foreach (var error in results.SelectMany(result => result.Pods.Select(pod => pod.Error).Append(result.Error).Concat(result.DocumentErrors)).OfType<string>().Distinct())
            Messages.Error(error);
    }

    private static IEnumerable<string[]> Rows(InjectionResult pod) => pod.Status switch
    {
        InjectionStatus.NotRequested => [],
        InjectionStatus.Injected or InjectionStatus.Planned => pod.Databases.Select(database => (string[])
            [$"{pod.Object}", $"{pod.Status}", database.Name, database.Role, Variables(database), string.Join(", ", pod.Containers)]),
        _ => [[$"{pod.Object}", $"{pod.Status}", string.Join(", ", pod.Databases.Select(database => database.Name)), "", "", ""]],
    };

    private static string Variables(InjectedDatabase database) => string.Join(", ",
    [
        .. database.UsernameVariables.Select(variable => database.Username is null ? variable : $"{variable}={database.Username}"),
        .. database.SecretVariables.Select(variable => database.Username is null ? variable : $"{variable}={SensitiveString.Mask}"),
    ]);
}
