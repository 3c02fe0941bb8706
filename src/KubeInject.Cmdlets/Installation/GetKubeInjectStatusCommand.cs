using System.Management.Automation;
using KubeInject.Cmdlets.Completion;
using KubeInject.Cmdlets.Connections;
using KubeInject.Installation;

namespace KubeInject.Cmdlets.Installation;

/// <summary>Gets the state of the webhook and the controller in a cluster, and what does not work.</summary>
[Cmdlet(VerbsCommon.Get, "KubeInjectStatus")]
[OutputType(typeof(InstallationStatus))]
public sealed class GetKubeInjectStatusCommand : ConnectedCmdlet
{
    [Parameter(Position = 0, HelpMessage = "Specifies the namespace of the installation. The default is kubeinject.")]
    [Alias("n")]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    [ValidateNotNullOrEmpty]
    public string Namespace { get; set; } = InstallationOptions.DefaultName;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var reader = new InstallationStatusReader(RequireConnection().Objects);
        Run(Namespace, async (pipeline, cancellationToken) =>
        {
            var status = await reader.ReadAsync(Namespace, cancellationToken).ConfigureAwait(false);
            await pipeline.InvokeAsync(() => WriteObject(status)).ConfigureAwait(false);
        });
    }
}
