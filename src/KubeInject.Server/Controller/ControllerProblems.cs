using System.Collections.Concurrent;

namespace KubeInject.Controller;

/// <summary>What the leader cannot do at the moment, for example because it lacks a right.</summary>
/// <param name="log">Gets a warning for each new problem, and a message when it is solved.</param>
internal sealed class ControllerProblems(IProgress<ServerMessage> log)
{
    private readonly ConcurrentDictionary<string, string> current = new(StringComparer.Ordinal);

    /// <summary>All problems in one line. Null if there is none.</summary>
    public string? Summary => current.IsEmpty ? null : string.Join("; ", current.OrderBy(problem => problem.Key, StringComparer.Ordinal).Select(problem => $"cannot {problem.Key}: {problem.Value}"));

    /// <summary>Records the result of an operation.</summary>
    /// <param name="operation">The operation, such as <c>watch pods</c>.</param>
    /// <param name="failure">The failure; null if the operation succeeded.</param>
    public void Report(string operation, Exception? failure)
    {
        if (failure is null)
        {
            if (current.TryRemove(operation, out _))
                log.Report(new ServerMessage(false, $"The controller can {operation} again."));
            return;
        }

        if (current.GetValueOrDefault(operation) == failure.Message)
            return;
        current[operation] = failure.Message;
        log.Report(new ServerMessage(true, $"The controller cannot {operation}: {failure.Message}"));
    }

    /// <summary>Forgets all problems, because another process leads.</summary>
    public void Clear() => current.Clear();
}
