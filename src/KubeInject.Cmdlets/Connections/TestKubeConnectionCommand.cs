using System.Management.Automation;
using KubeInject.Cmdlets.Completion;
using KubeInject.Cmdlets.Pipeline;
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
        var report = await TestAsync(pipeline, cancellationToken).ConfigureAwait(false);
        await pipeline.InvokeAsync(() => WriteObject(report)).ConfigureAwait(false);
    });

    /// <summary>Tests the connection. A context from the pipeline that is not valid is also a report, like one of a server that does not respond.</summary>
    private async Task<ConnectionReport> TestAsync(PipelineThread pipeline, CancellationToken cancellationToken)
    {
        ConnectionSettings settings;
        try
        {
            settings = await ReadSettingsAsync(pipeline).ConfigureAwait(false);
        }
        catch (ConfigurationException e) when (MyInvocation.ExpectingInput && ParameterSetName == FromKubeconfig)
        {
            return new ConnectionReport { Server = null, Context = Context, Message = e.Message };
        }

        return await ConnectionTest.RunAsync(settings, cancellationToken).ConfigureAwait(false);
    }

    private protected override ConnectionSettings Settings() =>
        (ParameterSetName == FromConnection ? Connection ?? RunspaceDefault<KubeConnection>.Current : null)?.GetSettings() ?? base.Settings();
}
