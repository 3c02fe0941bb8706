using KubeInject.Annotations;

namespace KubeInject.Diagnosis;

/// <summary>Writes the text of an explanation, for readers who do not know the injectors.</summary>
internal static class ExplanationText
{
    private const string Indent = "   ";

    public static IEnumerable<string> Of(PodDiagnosis diagnosis, string? remedy) =>
    [
        $"{diagnosis.Object} {Verdict.Of(diagnosis, withProblem: false)}.",
        "",
        "1. What is requested",
        .. Requests(diagnosis),
        .. Steps(diagnosis, DiagnosisStepKind.Request).Where(step => step.State != DiagnosisStatus.Passed).Select(Line),
        "2. What injects the credentials",
        .. OrDefault(Steps(diagnosis, DiagnosisStepKind.Actor).Select(Line), RequestsCredentials(diagnosis)
            ? "Not checked, because no cluster was specified. The webhook of an injector acts when a pod is created; KubeInject acts when you run it."
            : "Nothing, because no credentials are requested."),
        "3. What the injection requires",
        .. OrDefault(diagnosis.Steps.Where(step => step.Step > DiagnosisStepKind.Actor).Select(Line), RequestsCredentials(diagnosis) ? "Not checked." : "Nothing."),
        "4. What fails",
        .. Failures(diagnosis),
        "5. What to do",
        Indent + (remedy ?? DefaultRemedy(diagnosis)),
    ];

    private static IEnumerable<string> Requests(PodDiagnosis diagnosis)
    {
        foreach (var injection in diagnosis.Injections)
        {
            foreach (var database in injection.Databases)
            {
                var role = database.Role is null ? "an unspecified role" : $"the role {database.Role}";
                var variables = string.Join(", ", database.AllVariables);
                var where = variables.Length == 0 ? "" : $", as {variables} in {Verdict.Count(injection.Pod.Containers.Count, "container")}";
                yield return Indent + Redaction.OneLine($"{database.Name}: credentials of {role} ({database.Mount}){where}");
            }
        }

        if (!RequestsCredentials(diagnosis))
            yield return Indent + "No credentials.";
    }

    private static List<string> Failures(PodDiagnosis diagnosis)
    {
        var lines = new List<string>();
        foreach (var step in diagnosis.Steps.Where(step => step.State == DiagnosisStatus.Failed))
        {
            var first = lines.Count == 0 ? "First: " : "Then: ";
            lines.Add(step.Worst is { } worst ? $"{Indent}{first}{worst.Message} ({worst.Code})" : $"{Indent}{first}{step.Text}");
        }

        if (lines.Count == 0)
        {
            var unknown = diagnosis.Steps.Count(step => step.State == DiagnosisStatus.Unknown);
            lines.Add(Indent + (unknown == 0 ? "Nothing." : $"Nothing in the checked steps; {Verdict.Count(unknown, "step")} could not be checked."));
        }

        return lines;
    }

    private static string DefaultRemedy(PodDiagnosis diagnosis) => diagnosis.Steps switch
    {
        var steps when steps.Any(step => step.State == DiagnosisStatus.Failed) => "Fix the step that fails.",
        var steps when steps.Any(step => step.State == DiagnosisStatus.Unknown) => "Repeat the check as a user who has the missing permissions.",
        var steps when RequestsCredentials(diagnosis) && !steps.Any(step => step.Step > DiagnosisStepKind.Request) => "Nothing in the document. Check it against the cluster to find out whether an injector acts on it.",
        _ => "Nothing.",
    };

    private static string Line(DiagnosisStep step) => Indent + step.State switch
    {
        DiagnosisStatus.Passed => "ok: ",
        DiagnosisStatus.Warning => "warning: ",
        DiagnosisStatus.Unknown => "unknown: ",
        _ => "FAILED: ",
    } + (step is { Step: DiagnosisStepKind.Request, Worst: { } worst } ? worst.Message : step.Text);

    private static bool RequestsCredentials(PodDiagnosis diagnosis) => diagnosis.Injections.Any(injection => injection.Databases.Count > 0);

    private static IEnumerable<DiagnosisStep> Steps(PodDiagnosis diagnosis, DiagnosisStepKind kind) => diagnosis.Steps.Where(step => step.Step == kind);

    private static IEnumerable<string> OrDefault(IEnumerable<string> lines, string otherwise) => lines.DefaultIfEmpty(Indent + otherwise);
}
