using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using KubeInject.Kubernetes;

namespace KubeInject.Cmdlets;

/// <summary>Completes names of contexts, from the kubeconfig.</summary>
public sealed class ContextCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        // The cmdlet knows what the paths are relative to.
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        shell.AddCommand("KubeInject\\Get-KubeContext").AddParameter("ErrorAction", "Ignore");
        if (fakeBoundParameters["KubeConfig"] is { } paths)
            shell.AddParameter("KubeConfig", paths);
        try
        {
            return [.. Completions.Of(shell.Invoke<KubeContext>().Select(context => context.Name), wordToComplete)];
        }
        catch (RuntimeException)
        {
            // No contexts is no reason to disturb the prompt.
            return [];
        }
    }
}
