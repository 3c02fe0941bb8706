using System.Management.Automation;
using KubeInject.Cmdlets.Completion;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Kubernetes.Configuration;

namespace KubeInject.Cmdlets.Connections;

/// <summary>Gets the contexts of the kubeconfig.</summary>
[Cmdlet(VerbsCommon.Get, "KubeContext")]
[OutputType(typeof(KubeContext))]
public sealed class GetKubeContextCommand : KubeCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true, HelpMessage = "Specifies the names of contexts. Wildcards are allowed; a name without wildcards is case-sensitive, as in kubectl. If you do not specify a name, all contexts are returned.")]
    [ArgumentCompleter(typeof(ContextCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    [Parameter(HelpMessage = "Specifies the kubeconfig files to read. If several files define the same value, the first one takes precedence. The default is the files in KUBECONFIG, then ~/.kube/config.")]
    [ValidateNotNullOrEmpty]
    public string[]? KubeConfig { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(null, (pipeline, _) => pipeline.InvokeAsync(() =>
    {
        var contexts = Read()?.ListContexts() ?? [];
        foreach (var name in Name ?? ["*"])
        {
            // Names of contexts are case-sensitive, as in kubectl. PowerShell wildcards ignore case.
            var isExact = !WildcardPattern.ContainsWildcardCharacters(name);
            var pattern = Wildcards.Pattern(name);
            var found = contexts.Where(context => isExact ? context.Name == name : pattern.IsMatch(context.Name)).ToList();
            WriteObject(found, enumerateCollection: true);
            if (isExact && found.Count == 0)
                WriteError(Errors.ContextNotFound(name));
        }
    }));

    private Kubeconfig? Read() => KubeConfig is null
        ? Kubeconfig.Find(KubeEnvironment.Process with { WorkingFolder = SessionState.Path.CurrentFileSystemLocation.ProviderPath })
        : Kubeconfig.Load(KubeConfig.Select(FullPath));
}
