using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using KubeInject.Completion;

namespace KubeInject.Cmdlets.Completion;

/// <summary>Completes a parameter's value: soon, or not at all, and without a word about it.</summary>
public abstract class NameCompleter : IArgumentCompleter
{
    // More than anybody looks through; whoever types on sees the rest.
    private const int Most = 500;

    private const string TimeoutVariable = "KUBEINJECT_COMPLETION_TIMEOUT_MS";

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            var completions = new Completions(wordToComplete);
            var line = new CompletionContext(commandName, parameterName, completions.Word, commandAst, fakeBoundParameters);
            if (line.IsUnclear || Ask(line) is not { } ask)
                return [];
            var found = new CompletionTimeout(Limit()).TakeAsync(ask, completions.Includes, Most).GetAwaiter().GetResult();
            return [.. Completions.Of(found)];
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Whatever it is, it is no reason to disturb the prompt.
            return [];
        }
    }

    /// <summary>What is to be asked; null for nothing. What only PowerShell's own thread knows is read here, the rest by what is returned.</summary>
    private protected abstract Func<CancellationToken, IAsyncEnumerable<Suggestion>>? Ask(CompletionContext line);

    private static TimeSpan Limit() =>
        int.TryParse(Environment.GetEnvironmentVariable(TimeoutVariable), CultureInfo.InvariantCulture, out var milliseconds) && milliseconds > 0 ? TimeSpan.FromMilliseconds(milliseconds) : CompletionTimeout.DefaultLimit;

    /// <summary>What no server has to be asked for.</summary>
    private protected static async IAsyncEnumerable<Suggestion> Known(Func<IEnumerable<Suggestion>> find)
    {
        foreach (var suggestion in find())
            yield return suggestion;
        await Task.CompletedTask.ConfigureAwait(false);
    }
}
