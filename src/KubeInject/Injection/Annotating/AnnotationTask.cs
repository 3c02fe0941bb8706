using KubeInject.Annotations;

namespace KubeInject.Injection.Annotating;

/// <summary>A task that changes labels and annotations of pods.</summary>
internal abstract class AnnotationTask
{
    private protected AnnotationTask()
    {
    }

    /// <summary>Returns the next step for a pod template. Called again after each step, until a step has no changes.</summary>
    /// <param name="injections">The current injections of the template: at least one, and one for each dialect.</param>
    /// <param name="options">The label key and the default mount path.</param>
    /// <param name="round">The number of previous calls.</param>
    internal abstract AnnotationStep Next(IReadOnlyList<PodInjection> injections, InjectionOptions options, int round);

    /// <summary>Returns the finding that prevents writing the result. Null if the result can be written.</summary>
    /// <param name="before">The findings before the change.</param>
    /// <param name="after">The findings after the change.</param>
    internal virtual Finding? Refuse(IReadOnlyList<Finding> before, IReadOnlyList<Finding> after) => null;
}
