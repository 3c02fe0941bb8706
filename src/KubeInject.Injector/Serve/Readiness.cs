using System.Collections.Concurrent;

namespace KubeInject.Injector.Serve;

/// <summary>Whether the server is ready for requests, and what is missing.</summary>
/// <param name="parts">The parts of the server that have to start.</param>
internal sealed class Readiness(params IEnumerable<string> parts)
{
    private readonly ConcurrentDictionary<string, string> missing = new(parts.Select(part => KeyValuePair.Create(part, "is starting")), StringComparer.Ordinal);

    /// <summary>What is missing, in one line. Empty if the server is ready.</summary>
    public string Missing => string.Join("; ", missing.OrderBy(part => part.Key, StringComparer.Ordinal).Select(part => $"{part.Key} {part.Value}"));

    /// <summary>Reports that a part is ready.</summary>
    public void Complete(string part) => missing.TryRemove(part, out _);

    /// <summary>Reports that the server is stopping. It does not become ready again.</summary>
    public void Stop() => missing["server"] = "is stopping";
}
