using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using KubeInject.Kubernetes;

namespace KubeInject.Cmdlets;

/// <summary>Completes names of namespaces, from the connected cluster.</summary>
public sealed class NamespaceCompleter : IArgumentCompleter
{
    // Whoever presses the key waits at the prompt.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var connection = Unwrap(fakeBoundParameters["Connection"]) as KubeConnection ?? RunspaceConnection.Current;
        return connection is null ? [] : Completions.Of(Names(connection), wordToComplete);
    }

    private static object? Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    private static List<string> Names(KubeConnection connection)
    {
        try
        {
            return Task.Run(() => ListAsync(connection)).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is OperationCanceledException || Errors.Describe(e, null) is not null)
        {
            // No namespaces is no reason to disturb the prompt.
            return [];
        }
    }

    private static async Task<List<string>> ListAsync(KubeConnection connection)
    {
        using var patience = new CancellationTokenSource(Patience);
        var names = new List<string>();
        await foreach (var found in connection.Client.ListMetadataAsync(KubeResource.Namespaces, null, patience.Token).ConfigureAwait(false))
            names.Add(found.Name);
        return names;
    }
}
