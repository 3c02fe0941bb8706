using KubeInject.Annotations;

namespace KubeInject.Injection.Annotating;

/// <summary>What is to be done to the labels and annotations of pods.</summary>
public abstract class AnnotationTask
{
    private protected AnnotationTask()
    {
    }

    /// <summary>What to do to a pod template next. Asked again after each answer, until there is nothing left to do.</summary>
    /// <param name="injections">What the template says by now: one injection for each dialect, one at least.</param>
    /// <param name="options">The label key and the default mount path.</param>
    /// <param name="round">How often it was asked before.</param>
    internal abstract AnnotationStep Next(IReadOnlyList<PodInjection> injections, InjectionOptions options, int round);

    /// <summary>The finding for which the result is not to be written; null where it is.</summary>
    /// <param name="before">What was the matter before.</param>
    /// <param name="after">What would be.</param>
    internal virtual Finding? Refuse(IReadOnlyList<Finding> before, IReadOnlyList<Finding> after) => null;
}
