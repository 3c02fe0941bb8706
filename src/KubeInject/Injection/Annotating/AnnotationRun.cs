using KubeInject.Annotations;
using KubeInject.Manifests;
using KubeInject.Manifests.Editing;

namespace KubeInject.Injection.Annotating;

/// <summary>Runs a task for a manifest in memory. Applies its steps and reads the result again, until the task has no further step.</summary>
internal sealed class AnnotationRun
{
    /// <summary>The maximum number of rounds. A fixed finding can reveal another finding, but only a few times.</summary>
    private const int Rounds = 10;

    private readonly AnnotationTask task;
    private readonly InjectionOptions options;
    private readonly ManifestText text;
    private readonly IReadOnlyList<ManifestDocument> original;
    private readonly string[] contents;
    private readonly bool[] hasFailed;
    private readonly List<Progress>[] pods;

    private AnnotationRun(AnnotationTask task, InjectionOptions options, ManifestText text)
    {
        this.task = task;
        this.options = options;
        this.text = text;
        original = Manifest.Parse(text).Documents;
        contents = [.. original.Select(document => document.Text)];
        hasFailed = [.. original.Select(document => document.Error is not null)];
        pods = [.. original.Select(document => document.PodTemplates.Where(template => template.IsPodTemplate).Select(template => new Progress(template, options)).ToList())];
    }

    /// <summary>One result per pod template: planned, unchanged or failed.</summary>
    public IReadOnlyList<AnnotationResult> Results { get; private set; } = [];

    /// <summary>The errors of the documents that might request credentials but cannot be read.</summary>
    public IReadOnlyList<string> DocumentErrors => [.. original.Select(document => document.Error?.Message).OfType<string>()];

    /// <summary>The new text of each document. A failed document has its original text.</summary>
    public IReadOnlyList<string> Contents => contents;

    /// <summary>Whether a document failed.</summary>
    public bool HasFailed(int document) => hasFailed[document];

    /// <exception cref="ManifestException">The text is not a manifest.</exception>
    public static AnnotationRun Of(AnnotationTask task, InjectionOptions options, ManifestText text)
    {
        var run = new AnnotationRun(task, options, text);
        for (var round = 0; run.Advance(round); round++)
        {
        }

        run.Results = [.. run.Conclude()];
        return run;
    }

    private bool Advance(int round)
    {
        var current = round == 0 ? original : Manifest.Parse(new ManifestText(string.Concat(contents), text.File)).Documents;
        var hasChanged = false;
        for (var i = 0; i < contents.Length; i++)
        {
            if (hasFailed[i])
                continue;
            try
            {
                hasChanged |= Advance(i, current[i], round);
            }
            catch (ManifestException exception)
            {
                Fail(i, pod => pod.Changes.Count > 0 ? exception.Message : null);
            }
        }

        return hasChanged;
    }

    private bool Advance(int index, ManifestDocument document, int round)
    {
        var changes = new List<ManifestChange>();
        foreach (var (template, pod) in document.PodTemplates.Where(template => template.IsPodTemplate).Zip(pods[index]))
        {
            var injections = template.ReadInjections(options);
            pod.Findings = [.. injections.SelectMany(injection => injection.Findings)];
            var step = task.Next(injections, options, round);
            pod.Warnings.AddRange(step.Warnings);
            var metadata = new PodMetadata(template);
            var done = step.Fixes.Where(fix => fix.Changes.Select(metadata.Apply).ToList().Contains(true)).Select(fix => fix.Title).ToList();
            if (step.IsDue && Idle(step, pod, done, round) is { } idle)
            {
                Fail(index, other => other == pod ? $"{pod.Result.Place}: The fix has no effect: {idle.Title} Change the manifest manually." : null);
                return false;
            }

            pod.Changes.AddRange(done.Distinct());
            changes.AddRange(metadata.Changes());
        }

        contents[index] = ManifestEditor.Apply(document, changes);
        return changes.Count > 0;
    }

    // A fix has no effect if it has to be applied twice, or if it changes nothing.
    private static Fix? Idle(AnnotationStep step, Progress pod, List<string> done, int round) =>
        step.Fixes.FirstOrDefault(fix => round == Rounds || done.Count == 0 || pod.Changes.Contains(fix.Title));

    private void Fail(int index, Func<Progress, string?> error)
    {
        hasFailed[index] = true;
        contents[index] = original[index].Text;
        foreach (var pod in pods[index])
        {
            pod.Error = error(pod);
            pod.Changes.Clear();
        }
    }

    private IEnumerable<AnnotationResult> Conclude()
    {
        for (var i = 0; i < contents.Length; i++)
        {
            if (!hasFailed[i] && pods[i].Select(Refusal).FirstOrDefault(refusal => refusal is not null) is not null)
                Fail(i, Refusal);
        }

        var (line, newLine) = (1, 1);
        for (var i = 0; i < contents.Length; i++)
        {
            var hunks = hasFailed[i] || contents[i] == original[i].Text ? [] : AnnotationDiff.Hunks(original[i].Text, contents[i], line, newLine).ToList();
            foreach (var pod in pods[i])
                yield return pod.Conclude(hasFailed[i], hunks.Where(hunk => hunk.Line >= pod.Line && hunk.Line <= pod.EndLine).Select(hunk => hunk.Text), text.File);
            line += original[i].Text.Count(c => c == '\n');
            newLine += contents[i].Count(c => c == '\n');
        }
    }

    private string? Refusal(Progress pod) =>
        pod.Changes.Count > 0 && task.Refuse(pod.FindingsBefore, pod.Findings) is { } finding ? $"{finding}" : null;

    /// <summary>The progress for a pod template.</summary>
    private sealed class Progress(ManifestPodTemplate template, InjectionOptions options)
    {
        public AnnotationResult Result { get; } = new() { Object = template.Template.Object, Location = template.Location, Status = AnnotationStatus.Unchanged };

        public int Line { get; } = template.Location.Line;

        // Lines that are added after the last line belong to the template, too.
        public int EndLine { get; } = template.EndLocation.Line + 1;

        public IReadOnlyList<Finding> FindingsBefore { get; } = [.. template.ReadInjections(options).SelectMany(injection => injection.Findings)];

        public IReadOnlyList<Finding> Findings { get; set; } = [];

        public List<string> Changes { get; } = [];

        public List<string> Warnings { get; } = [];

        public string? Error { get; set; }

        public AnnotationResult Conclude(bool hasFailed, IEnumerable<string> hunks, string? file) => Result with
        {
            Status = Error is not null || (hasFailed && Changes.Count > 0) ? AnnotationStatus.Failed : Changes.Count > 0 ? AnnotationStatus.Planned : AnnotationStatus.Unchanged,
            Changes = Changes.ToArray(),
            Diff = AnnotationDiff.Of(file ?? $"{Result.Object}", hunks),
            Warnings = Warnings.ToArray(),
            Findings = Findings,
            Error = Error,
        };
    }
}
