using KubeInject.Annotations;
using KubeInject.Annotations.Dialects;

namespace KubeInject.Injection.Annotating;

/// <summary>Converts annotations of another injector to annotations of the Vault database-credential injector.</summary>
/// <param name="dialect">The other injector.</param>
internal sealed class AnnotationConversion(InjectionDialect dialect) : AnnotationTask
{
    internal override AnnotationStep Next(IReadOnlyList<PodInjection> injections, InjectionOptions options, int round)
    {
        if (round > 0 || injections.FirstOrDefault(injection => injection.Dialect == dialect) is not { } injection)
            return AnnotationStep.Empty;
        var conversion = DialectConverter.Convert(injection, options);
        return AnnotationStep.Of(conversion.Changes, [.. conversion.Left.Select(left => $"{injection.Pod.Object}: {left}")]);
    }

    /// <summary>Returns a new error.</summary>
    internal override Finding? Refuse(IReadOnlyList<Finding> before, IReadOnlyList<Finding> after) => after.FirstOrDefault(finding =>
        finding.Severity == FindingSeverity.Error && !before.Any(other => (other.Code, other.Key) == (finding.Code, finding.Key)));
}
