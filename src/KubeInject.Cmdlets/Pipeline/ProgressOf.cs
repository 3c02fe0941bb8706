namespace KubeInject.Cmdlets.Pipeline;

/// <summary>Has a cmdlet's progress follow what the engine reports. At once, and on its thread: Progress&lt;T&gt; would queue.</summary>
internal sealed class ProgressOf<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
