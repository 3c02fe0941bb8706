using System.Management.Automation;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Kubernetes.Connection;

namespace KubeInject.Cmdlets.Connections;

/// <summary>Connects the session to a Kubernetes cluster.</summary>
[Cmdlet(VerbsCommunications.Connect, "KubeCluster", DefaultParameterSetName = FromKubeconfig)]
[OutputType(typeof(KubeConnection))]
public sealed class ConnectKubeClusterCommand : ConnectingCmdlet
{
    [Parameter(HelpMessage = "Returns the connection without making it the connection of the session. Use it with the -Connection parameter of other cmdlets.")]
    public SwitchParameter NotDefault { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => RunOrEnd(Target, async (pipeline, cancellationToken) =>
    {
        var settings = await ReadSettingsAsync(pipeline).ConfigureAwait(false);
        var connection = await KubeConnection.OpenAsync(settings, cancellationToken).ConfigureAwait(false);
        await pipeline.InvokeAsync(() =>
        {
            if (!NotDefault)
                RunspaceDefault<KubeConnection>.Current = connection;
            WriteObject(connection);
        }).ConfigureAwait(false);
    });
}
