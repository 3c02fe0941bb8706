using KubeInject.Annotations;

namespace KubeInject.Injection;

/// <summary>Mends what findings say how to mend.</summary>
/// <param name="isWanted">Which findings; default: all.</param>
public sealed class AnnotationRepair(Func<Finding, bool>? isWanted = null) : AnnotationTask
{
    internal override AnnotationStep Next(IReadOnlyList<PodInjection> injections, InjectionOptions options, int round) => new(
        [.. injections.SelectMany(injection => injection.Findings)
            .Where(finding => finding.Fix is not null && isWanted?.Invoke(finding) != false)
            .Select(finding => finding.Fix! with { Title = $"{finding.Code} {finding.Fix!.Title}" })],
        [],
        IsDue: true);
}
