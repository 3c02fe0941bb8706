using KubeInject.Annotations;
using KubeInject.Annotations.Dialects;

namespace KubeInject.Injection.Annotating;

/// <summary>Says in the words of the Vault database-credential injector what a pod says in those of another.</summary>
/// <param name="dialect">The other's.</param>
public sealed class AnnotationConversion(InjectionDialect dialect) : AnnotationTask
{
    internal override AnnotationStep Next(IReadOnlyList<PodInjection> injections, InjectionOptions options, int round)
    {
        if (round > 0 || injections.FirstOrDefault(injection => injection.Dialect == dialect) is not { } injection)
            return AnnotationStep.Done;
        var conversion = DialectConverter.Convert(injection, options);
        return AnnotationStep.Of(conversion.Changes, [.. conversion.Left.Select(left => $"{injection.Pod.Object}: {left}")]);
    }

    /// <summary>An error that was not there before.</summary>
    internal override Finding? Refuse(IReadOnlyList<Finding> before, IReadOnlyList<Finding> after) => after.FirstOrDefault(finding =>
        finding.Severity == FindingSeverity.Error && !before.Any(other => (other.Code, other.Key) == (finding.Code, finding.Key)));
}
