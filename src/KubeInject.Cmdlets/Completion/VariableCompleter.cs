using KubeInject.Completion;
using KubeInject.Kubernetes.Connection;
using KubeInject.Leases;

namespace KubeInject.Cmdlets.Completion;

/// <summary>Completes variables of the session that contain a connection or a credential source, depending on the parameter.</summary>
public sealed class VariableCompleter : NameCompleter
{
    private protected override Func<CancellationToken, IAsyncEnumerable<Suggestion>> CreateQuery(CompletionContext line)
    {
        var found = CompletionContext.Variables().Where(variable => line.Parameter == "Connection" ? variable.Value is KubeConnection : variable.Value is CredentialSource).ToArray();
        return _ => Known(() => found.Select(variable => new Suggestion($"${variable.Name}", variable.Value is CredentialSource source ? source.Name : $"{variable.Value}") { IsVariable = true }));
    }
}
