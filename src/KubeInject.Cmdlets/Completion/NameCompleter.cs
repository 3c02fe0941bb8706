using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using KubeInject.Completion;

namespace KubeInject.Cmdlets.Completion;

/// <summary>The base class of completers. A completer returns no results if it fails, and only those that are available in time.</summary>
public abstract class NameCompleter : IArgumentCompleter
{
    // Enough for a list on the screen. More typed characters narrow the results.
    private const int MaxResults = 500;

    private const string TimeoutVariable = "KUBEINJECT_COMPLETION_TIMEOUT_MS";

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            var completions = new Completions(wordToComplete);
            var line = new CompletionContext(commandName, parameterName, completions.Word, commandAst, fakeBoundParameters);
            if (line.IsOriginUnknown || CreateQuery(line) is not { } query)
                return [];
            var found = new CompletionTimeout(Limit()).TakeAsync(query, completions.Includes, MaxResults).GetAwaiter().GetResult();
            return [.. Completions.Of(found)];
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // An error must not disturb the prompt.
            return [];
        }
    }

    /// <summary>Returns the query for suggestions; null for none. Reads the state of the session before it returns, because the query runs on another thread.</summary>
    private protected abstract Func<CancellationToken, IAsyncEnumerable<Suggestion>>? CreateQuery(CompletionContext line);

    private static TimeSpan Limit() =>
        int.TryParse(Environment.GetEnvironmentVariable(TimeoutVariable), CultureInfo.InvariantCulture, out var milliseconds) && milliseconds > 0 ? TimeSpan.FromMilliseconds(milliseconds) : CompletionTimeout.DefaultLimit;

    /// <summary>Returns suggestions that require no request to a server.</summary>
    private protected static async IAsyncEnumerable<Suggestion> Known(Func<IEnumerable<Suggestion>> find)
    {
        foreach (var suggestion in find())
            yield return suggestion;
        await Task.CompletedTask.ConfigureAwait(false);
    }
}
