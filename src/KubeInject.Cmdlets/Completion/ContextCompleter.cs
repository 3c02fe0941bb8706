using KubeInject.Completion;

namespace KubeInject.Cmdlets.Completion;

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
