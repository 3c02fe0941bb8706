using KubeInject.Annotations;

namespace KubeInject.Diagnosis;

/// <summary>Puts a diagnosis into words for somebody who knows no injector.</summary>
internal static class ExplanationText
{
    private const string Indent = "   ";

    public static IEnumerable<string> Of(PodDiagnosis diagnosis, string? remedy) =>
    [
        $"{diagnosis.Object} {Verdict.Of(diagnosis, withProblem: false)}.",
        "",
        "1. What it asks for",
        .. Requests(diagnosis),
        .. Links(diagnosis, DiagnosisStepKind.Request).Where(link => link.State != DiagnosisStatus.Passed).Select(State),
        "2. Who would act on it",
        .. OrElse(Links(diagnosis, DiagnosisStepKind.Actor).Select(State), Asks(diagnosis)
            ? "not looked at, for no cluster was asked. In a cluster it is the webhook of an injector, while the pod is being created; KubeInject does it where it is told to."
            : "nobody, for there is nothing to do."),
        "3. What that needs",
        .. OrElse(diagnosis.Chain.Where(link => link.Step > DiagnosisStepKind.Actor).Select(State), Asks(diagnosis) ? "not looked at." : "nothing."),
        "4. Where the chain breaks",
        .. Breaks(diagnosis),
        "5. What to do",
        Indent + (remedy ?? Nothing(diagnosis)),
    ];

    private static IEnumerable<string> Requests(PodDiagnosis diagnosis)
    {
        foreach (var injection in diagnosis.Injections)
        {
            foreach (var database in injection.Databases)
            {
                var role = database.Role is null ? "a role that it does not name" : $"the role {database.Role}";
                var variables = string.Join(", ", Verdict.VariablesOf(database));
                var where = variables.Length == 0 ? "" : $", as {variables} in {Verdict.Count(injection.Pod.Containers.Count, "container")}";
                yield return Indent + Redaction.OneLine($"{database.Name}: credentials of {role} ({database.Mount}){where}");
            }
        }

        if (!Asks(diagnosis))
            yield return Indent + "no credentials.";
    }

    private static List<string> Breaks(PodDiagnosis diagnosis)
    {
        var lines = new List<string>();
        foreach (var link in diagnosis.Chain.Where(link => link.State == DiagnosisStatus.Failed))
        {
            var first = lines.Count == 0 ? "First: " : "Then: ";
            lines.Add(link.Worst is { } worst ? $"{Indent}{first}{worst.Message} ({worst.Code})" : $"{Indent}{first}{link.Text}");
        }

        if (lines.Count == 0)
        {
            var unknown = diagnosis.Chain.Count(link => link.State == DiagnosisStatus.Unknown);
            lines.Add(Indent + (unknown == 0 ? "nowhere." : $"nowhere that could be looked at; {Verdict.Count(unknown, "link")} could not."));
        }

        return lines;
    }

    private static string Nothing(PodDiagnosis diagnosis) => diagnosis.Chain switch
    {
        var chain when chain.Any(link => link.State == DiagnosisStatus.Failed) => "Mend what is broken.",
        var chain when chain.Any(link => link.State == DiagnosisStatus.Unknown) => "Look again as somebody who has the rights that are missing.",
        var chain when Asks(diagnosis) && !chain.Any(link => link.Step > DiagnosisStepKind.Request) => "Nothing about the document. Check it against the cluster to see who acts on it.",
        _ => "Nothing.",
    };

    private static string State(DiagnosisStep link) => Indent + link.State switch
    {
        DiagnosisStatus.Passed => "ok: ",
        DiagnosisStatus.Warning => "weak: ",
        DiagnosisStatus.Unknown => "unknown: ",
        _ => "BROKEN: ",
    } + (link is { Step: DiagnosisStepKind.Request, Worst: { } worst } ? worst.Message : link.Text);

    private static bool Asks(PodDiagnosis diagnosis) => diagnosis.Injections.Any(injection => injection.Databases.Count > 0);

    private static IEnumerable<DiagnosisStep> Links(PodDiagnosis diagnosis, DiagnosisStepKind step) => diagnosis.Chain.Where(link => link.Step == step);

    private static IEnumerable<string> OrElse(IEnumerable<string> lines, string otherwise) => lines.DefaultIfEmpty(Indent + otherwise);
}
