using KubeInject.Annotations;

namespace KubeInject.Injection.Annotating;

/// <summary>Applies the fixes of findings.</summary>
/// <param name="filter">Selects the findings. Default: all findings.</param>
internal sealed class AnnotationRepair(Func<Finding, bool>? filter = null) : AnnotationTask
{
    internal override AnnotationStep Next(IReadOnlyList<PodInjection> injections, InjectionOptions options, int round)
    {
        var fixable = injections.SelectMany(injection => injection.Findings)
            .Where(finding => finding.Fix is not null && filter?.Invoke(finding) != false).ToList();

        // Errors first, because a fixed error can resolve findings with a lower severity.
        var worst = fixable.Select(finding => finding.Severity).DefaultIfEmpty().Max();
        return new(
            [.. fixable.Where(finding => finding.Severity == worst).Select(finding => finding.Fix! with { Title = $"{finding.Code} {finding.Fix!.Title}" })],
            [],
            IsDue: true);
    }
}
