using KubeInject.Annotations;

namespace KubeInject.Injection.Annotating;

/// <summary>Mends what findings say how to mend.</summary>
/// <param name="isWanted">Which findings; default: all.</param>
public sealed class AnnotationRepair(Func<Finding, bool>? isWanted = null) : AnnotationTask
{
    internal override AnnotationStep Next(IReadOnlyList<PodInjection> injections, InjectionOptions options, int round)
    {
        var mendable = injections.SelectMany(injection => injection.Findings)
            .Where(finding => finding.Fix is not null && isWanted?.Invoke(finding) != false).ToList();

        // The worst first: once an error is mended, what seemed to be missing may no longer be.
        var worst = mendable.Select(finding => finding.Severity).DefaultIfEmpty().Max();
        return new(
            [.. mendable.Where(finding => finding.Severity == worst).Select(finding => finding.Fix! with { Title = $"{finding.Code} {finding.Fix!.Title}" })],
            [],
            IsDue: true);
    }
}
