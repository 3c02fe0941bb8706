using System.Globalization;
using KubeInject.Annotations;

namespace KubeInject.Diagnosis;

/// <summary>What comes of a pod, in half a sentence.</summary>
internal static class Verdict
{
    /// <summary>Puts it into words.</summary>
    /// <param name="diagnosis">What was found out.</param>
    /// <param name="withProblem">Whether to say what breaks the chain, too.</param>
    public static string Of(PodDiagnosis diagnosis, bool withProblem = true)
    {
        var asking = diagnosis.Injections.Where(injection => injection.Databases.Count > 0).ToList();
        var broken = Problem(diagnosis);
        if (asking.Exists(injection => injection.State == InjectionState.Injected))
            return $"is injected: {Amount(asking)}{(broken is null ? "" : withProblem ? $"; but {broken}" : ", with something broken")}";
        if (broken is not null)
            return withProblem ? $"will not be injected: {broken}" : "will not be injected";
        return asking.Count == 0 ? "asks for nothing" : $"will be injected: {Amount(asking)}";
    }

    /// <summary>What breaks the chain, without the full stop; null where nothing does.</summary>
    public static string? Problem(PodDiagnosis diagnosis) =>
        diagnosis.FirstBroken is { } link ? (link.Worst?.Message ?? link.Text).TrimEnd('.') : null;

    public static string Count(int count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");

    /// <summary>The variables that a database asks for, in the order of the annotations.</summary>
    public static IEnumerable<string> VariablesOf(DatabaseInjection database) =>
        database.UsernameVariables.Concat(database.PasswordVariables).Concat(database.UriVariables);

    private static string Amount(List<PodInjection> asking)
    {
        var databases = Count(asking.Sum(injection => injection.Databases.Count), "database");
        var variables = asking.SelectMany(injection => injection.Databases).SelectMany(VariablesOf).Count();
        return variables == 0 ? databases : $"{databases}, {Count(variables, "variable")} in {Count(asking[0].Pod.Containers.Count, "container")}";
    }
}
