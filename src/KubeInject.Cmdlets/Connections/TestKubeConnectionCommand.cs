using System.Management.Automation;
using KubeInject.Cmdlets.Completion;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;

namespace KubeInject.Cmdlets.Connections;

/// <summary>Tests a connection and reports its certificates, user, server version and permissions, or why it fails.</summary>
[Cmdlet(VerbsDiagnostic.Test, "KubeConnection", DefaultParameterSetName = FromConnection)]
[OutputType(typeof(ConnectionReport))]
public sealed class TestKubeConnectionCommand : ConnectingCmdlet
{
    private const string FromConnection = "Connection";

    [Parameter(ParameterSetName = FromConnection, ValueFromPipeline = true, HelpMessage = "Specifies the connection to test. The cmdlet opens a second connection with the same settings. The default is the connection of this session or, without one, the connection that Connect-KubeCluster would make.")]
    [ArgumentCompleter(typeof(VariableCompleter))]
    public KubeConnection? Connection { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(Target, async (pipeline, cancellationToken) =>
    {
        var settings = await ReadSettingsAsync(pipeline).ConfigureAwait(false);
        var report = await ConnectionTest.RunAsync(settings, cancellationToken).ConfigureAwait(false);
        await pipeline.InvokeAsync(() => WriteObject(report)).ConfigureAwait(false);
    });

    private protected override ConnectionSettings Settings() =>
        (ParameterSetName == FromConnection ? Connection ?? RunspaceConnection.Current : null)?.GetSettings() ?? base.Settings();
}
