using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Completion;
using KubeInject.Kubernetes.Connection;
using KubeInject.Leases;
using KubeInject.Reports;

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

/// <summary>Completes names of contexts and addresses of servers from a kubeconfig.</summary>
public sealed class ContextCompleter : NameCompleter
{
    private protected override Func<CancellationToken, IAsyncEnumerable<Suggestion>> CreateQuery(CompletionContext line)
    {
        var contexts = line.Contexts();
        var isServer = line.Parameter == "Server";
        return _ => Known(() => contexts().Select(context => new Suggestion(
            isServer ? context.Server ?? "" : context.Name,
            $"{context.Name}: {context.Server ?? "no server"}, {context.User ?? "no user"}, namespace {context.Namespace}")));
    }
}

/// <summary>Completes database names from the manifests or workloads of the command, or else from the pods of the namespace.</summary>
public sealed class DatabaseCompleter : NameCompleter
{
    private protected override Func<CancellationToken, IAsyncEnumerable<Suggestion>>? CreateQuery(CompletionContext line)
    {
        if (line.ManifestPaths() is { } paths)
        {
            var recurse = line.IsOn("Recurse");
            return cancellationToken => ManifestSuggestions.DatabasesAsync(paths, recurse, cancellationToken).NamesAsync(cancellationToken);
        }

        if (line.Connection is not { } connection)
            return null;
        var cluster = new ClusterSuggestions(connection);
        var (workloads, query) = (line.Texts("Workload"), line.Query);
        return cancellationToken => (workloads.Count > 0
            ? cluster.DatabasesAsync(workloads, query.Namespace, cancellationToken)
            : cluster.DatabasesAsync(query, cancellationToken)).NamesAsync(cancellationToken);
    }
}

/// <summary>Completes field selectors with the fields that the API server supports.</summary>
public sealed class FieldSelectorCompleter : NameCompleter
{
    private protected override Func<CancellationToken, IAsyncEnumerable<Suggestion>> CreateQuery(CompletionContext line)
    {
        var (resource, word) = (line.Resource, line.Word);
        return _ => Known(() => FieldSuggestions.Of(resource, word));
    }
}

/// <summary>Completes codes of findings, with their meanings.</summary>
public sealed class FindingCodeCompleter : NameCompleter
{
    private protected override Func<CancellationToken, IAsyncEnumerable<Suggestion>> CreateQuery(CompletionContext line) => _ => Known(() =>
    {
        var manual = FindingDocumentation.Load();
        return manual.Codes.Select(code => new Suggestion(code, manual.Meaning(code) ?? code));
    });
}

/// <summary>Completes UUIDs of leases of the credential source that the command specifies.</summary>
public sealed class LeaseCompleter : NameCompleter
{
    private protected override Func<CancellationToken, IAsyncEnumerable<Suggestion>>? CreateQuery(CompletionContext line) =>
        (line.HasParameter("CredentialSource") ? line.Value<CredentialSource>("CredentialSource") : RunspaceDefault<CredentialSource>.Current) is { } source ? cancellationToken => LeaseSuggestions.IdentitiesAsync(source, cancellationToken) : null;
}

/// <summary>Completes variables of the session that contain a connection or a credential source, depending on the parameter.</summary>
public sealed class VariableCompleter : NameCompleter
{
    private protected override Func<CancellationToken, IAsyncEnumerable<Suggestion>> CreateQuery(CompletionContext line)
    {
        var found = CompletionContext.Variables().Where(variable => line.Parameter == "Connection" ? variable.Value is KubeConnection : variable.Value is CredentialSource).ToArray();
        return _ => Known(() => found.Select(variable => new Suggestion($"${variable.Name}", variable.Value is CredentialSource source ? source.Name : $"{variable.Value}") { IsVariable = true }));
    }
}
