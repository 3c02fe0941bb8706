using System.Globalization;
using KubeInject.Annotations;

namespace KubeInject.Diagnosis;

/// <summary>The result of a diagnosis, as the predicate of a sentence.</summary>
internal static class Verdict
{
    /// <summary>Returns the result of a diagnosis.</summary>
    /// <param name="diagnosis">The diagnosis.</param>
    /// <param name="withProblem">Whether to include the problem of the first failed step.</param>
    public static string Of(PodDiagnosis diagnosis, bool withProblem = true)
    {
        var requesting = diagnosis.Injections.Where(injection => injection.Databases.Count > 0).ToList();
        var problem = Problem(diagnosis);
        if (requesting.Exists(injection => injection.State == InjectionState.Injected))
            return $"is injected: {Amount(requesting)}{(problem is null ? "" : withProblem ? $"; but {problem}" : ", but a step fails")}";
        if (problem is not null)
            return withProblem ? $"will not be injected: {problem}" : "will not be injected";
        if (requesting.Count == 0)
            return "requests no credentials";
        var isAutomatic = diagnosis.Findings.All(finding => finding.Code != FindingCode.NoInjector);
        return $"{(isAutomatic ? "will be injected" : "can be injected with KubeInject")}: {Amount(requesting)}";
    }

    /// <summary>The problem of the first failed step, without the final period; null if no step failed.</summary>
    public static string? Problem(PodDiagnosis diagnosis) =>
        diagnosis.FirstFailed is not { } step ? null
        : step.Worst is not { } worst ? step.Text.TrimEnd('.')
        : $"{(worst is { IsRefusedByInjector: true, Severity: FindingSeverity.Error } ? "the in-cluster injector refuses the pod: " : "")}{worst.Message.TrimEnd('.')}";

    public static string Count(int count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");

    private static string Amount(List<PodInjection> requesting)
    {
        var databases = Count(requesting.Sum(injection => injection.Databases.Count), "database");
        var variables = requesting.SelectMany(injection => injection.Databases).SelectMany(database => database.AllVariables).Count();
        return variables == 0 ? databases : $"{databases}, {Count(variables, "variable")} in {Count(requesting[0].Pod.Containers.Count, "container")}";
    }
}
