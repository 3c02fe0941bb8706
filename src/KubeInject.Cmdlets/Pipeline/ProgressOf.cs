namespace KubeInject.Cmdlets.Pipeline;

/// <summary>Calls an action for each progress report, immediately and on the reporting thread. <see cref="Progress{T}"/> would queue the reports.</summary>
internal sealed class ProgressOf<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
