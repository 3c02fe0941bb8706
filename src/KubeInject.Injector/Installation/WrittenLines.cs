namespace KubeInject.Injector.Installation;

/// <summary>Writes each reported item as a line to standard output, immediately and in order.</summary>
internal sealed class WrittenLines<T> : IProgress<T>
{
    public void Report(T value) => Console.WriteLine($"{value}");
}
