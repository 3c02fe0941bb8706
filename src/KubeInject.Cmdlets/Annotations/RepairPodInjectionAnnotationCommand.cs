using System.Management.Automation;
using KubeInject.Annotations;
using KubeInject.Cmdlets.Completion;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Injection.Annotating;
using KubeInject.Kubernetes.Objects;
using KubeInject.Manifests;

namespace KubeInject.Cmdlets.Annotations;

/// <summary>Applies the fixes of findings to manifests or workloads.</summary>
[Cmdlet(VerbsDiagnostic.Repair, "PodInjectionAnnotation", SupportsShouldProcess = true, DefaultParameterSetName = FromInput)]
[OutputType(typeof(AnnotationResult), typeof(string))]
public sealed class RepairPodInjectionAnnotationCommand : AnnotationCmdlet
{
    private readonly List<Finding> findings = [];

    [Parameter(HelpMessage = "Specifies the codes of the findings to fix, for example KI012, KI013. By default, all findings that have a fix are fixed.")]
    [ArgumentCompleter(typeof(FindingCodeCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Code { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        foreach (var file in findings.Where(finding => finding.File is not null).GroupBy(finding => finding.File!).ToArray())
        {
            foreach (var manifest in ManifestSource.FromPath(file.Key))
                ProcessManifest(manifest);
        }

        foreach (var workload in findings.Where(finding => finding.Location is null).GroupBy(finding => finding.Object).ToArray())
        {
            var connection = RequireConnection();
            if (ReadWorkload($"{workload.Key.Kind}/{workload.Key.Name}", workload.Key.Namespace, connection) is { } found)
                Annotate(found, connection, Task(null, found));
        }
    }

    // Findings are collected first, so that all findings of a file are fixed in one write.
    private protected override IReadOnlyList<ManifestSource> Accept(object value)
    {
        if ((value is PSObject wrapped ? wrapped.BaseObject : value) is not Finding finding)
            return base.Accept(value);
        if (finding is { Location: not null, File: null })
            WriteError(Errors.FindingOfNoFile(finding));
        else if (finding.Fix is not null)
            findings.Add(finding);
        return [];
    }

    private protected override AnnotationTask Task(string? file, ObjectReference? workload)
    {
        // Findings are matched by code and object only, because a fix can change their positions and reveal further findings with the same code.
        var given = findings.Where(finding => finding.File == file && (workload is null || finding.Object == workload)).Select(finding => (finding.Code, finding.Object)).ToHashSet();
        return new AnnotationRepair(finding =>
            (Code is null || Code.Contains(finding.Code, StringComparer.OrdinalIgnoreCase))
            && (given.Count == 0 || given.Contains((finding.Code, finding.Object))));
    }
}
