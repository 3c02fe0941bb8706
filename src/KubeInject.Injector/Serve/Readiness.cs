using System.Collections.Concurrent;

namespace KubeInject.Injector.Serve;

/// <summary>Whether the server is ready for requests, and what is missing.</summary>
/// <param name="parts">The parts of the server that have to start.</param>
internal sealed class Readiness(params IEnumerable<string> parts)
{
    private readonly ConcurrentDictionary<string, string> missing = new(parts.Select(part => KeyValuePair.Create(part, "is starting")), StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, Func<string?>> checks = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, Func<string?>> notes = new(StringComparer.Ordinal);

    /// <summary>What is missing, in one line. Empty if the server is ready.</summary>
    public string Missing => ToLine(missing.Concat(Problems(checks)));

    /// <summary>What does not work although the server is ready, in one line. Usually empty.</summary>
    public string Notes => ToLine(Problems(notes));

    /// <summary>Adds a part that can become ready and not ready.</summary>
    /// <param name="part">The part.</param>
    /// <param name="problem">Returns what is missing. Null if the part is ready.</param>
    public void Check(string part, Func<string?> problem) => checks[part] = problem;

    /// <summary>Adds a part whose problems do not matter to requests.</summary>
    /// <param name="part">The part.</param>
    /// <param name="problem">Returns what is missing. Null if nothing is.</param>
    public void Note(string part, Func<string?> problem) => notes[part] = problem;

    /// <summary>Reports that a part is ready.</summary>
    public void Complete(string part) => missing.TryRemove(part, out _);

    /// <summary>Reports that the server is stopping. It does not become ready again.</summary>
    public void Stop() => missing["server"] = "is stopping";

    private static string ToLine(IEnumerable<KeyValuePair<string, string>> parts) =>
        string.Join("; ", parts.OrderBy(part => part.Key, StringComparer.Ordinal).Select(part => $"{part.Key} {part.Value}"));

    private static IEnumerable<KeyValuePair<string, string>> Problems(IEnumerable<KeyValuePair<string, Func<string?>>> checks) =>
        from check in checks
        let problem = check.Value()
        where problem is not null
        select KeyValuePair.Create(check.Key, problem);
}
