using System.Management.Automation;
using KubeInject.Kubernetes;

namespace KubeInject.Cmdlets;

/// <summary>Tries a connection, and says what there is to say of it: certificates, user, version, rights.</summary>
[Cmdlet(VerbsDiagnostic.Test, "KubeConnection", DefaultParameterSetName = FromConnection)]
[OutputType(typeof(ConnectionReport))]
public sealed class TestKubeConnectionCommand : ConnectingCmdlet
{
    private const string FromConnection = "Connection";

    /// <summary>The connection to test.</summary>
    [Parameter(ParameterSetName = FromConnection, ValueFromPipeline = true, HelpMessage = "The connection to test, with another of the same kind. Default: the last one of this session; where there is none, what Connect-KubeCluster would take.")]
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
