using System.Management.Automation;
using KubeInject.Kubernetes;

namespace KubeInject.Cmdlets;

/// <summary>Gets a token of a ServiceAccount: that of the pod that this runs in, or a new one of the connected cluster.</summary>
[Cmdlet(VerbsCommon.Get, "KubeServiceAccountToken", DefaultParameterSetName = Mounted)]
[OutputType(typeof(KubeServiceAccountToken))]
public sealed class GetKubeServiceAccountTokenCommand : ConnectedCmdlet
{
    private const string Mounted = "Mounted";
    private const string Requested = "Requested";

    /// <summary>The folder of the ServiceAccount.</summary>
    [Parameter(ParameterSetName = Mounted, HelpMessage = "The folder that the ServiceAccount is mounted at. Default: /var/run/secrets/kubernetes.io/serviceaccount.")]
    [ValidateNotNullOrEmpty]
    public string? ServiceAccountPath { get; set; }

    /// <summary>The ServiceAccount.</summary>
    [Parameter(ParameterSetName = Requested, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true, HelpMessage = "The ServiceAccount for which a token is requested; of pods, theirs.")]
    [Alias("ServiceAccountName")]
    [ArgumentCompleter(typeof(ServiceAccountCompleter))]
    [ValidateNotNullOrEmpty]
    public string? ServiceAccount { get; set; }

    /// <summary>The namespace.</summary>
    [Parameter(ParameterSetName = Requested, ValueFromPipelineByPropertyName = true, HelpMessage = "The namespace of the ServiceAccount. Default: that of the connection.")]
    [Alias("n")]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }

    /// <summary>Whom the token is for.</summary>
    [Parameter(ParameterSetName = Requested, HelpMessage = "Who is to accept the token, for example 'vault'. Default: the API server.")]
    [ValidateNotNullOrEmpty]
    public string[] Audience { get; set; } = [];

    /// <summary>How long the token should live.</summary>
    [Parameter(ParameterSetName = Requested, HelpMessage = "How many seconds the token should live; no API server gives less than 600. Default: an hour.")]
    public long? ExpirationSeconds { get; set; }

    /// <summary>Whether to return the token as a string.</summary>
    [Parameter(HelpMessage = "Return the token as a string, which whoever sees the output can read. Default: as a SecureString. Export-Clixml leaves it out either way.")]
    public SwitchParameter AsPlainText { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == Mounted)
            ReadMounted();
        else
            Request(RequireConnection());
    }

    private void ReadMounted()
    {
        var folder = ServiceAccountPath is null ? KubeEnvironment.Process.ServiceAccountFolder : GetUnresolvedProviderPathFromPSPath(ServiceAccountPath);
        Run(folder, (pipeline, _) =>
        {
            var token = ServiceAccountToken.ReadMounted(folder);
            return pipeline.InvokeAsync(() => WriteObject(new KubeServiceAccountToken(token, AsPlainText, null)));
        });
    }

    private void Request(KubeConnection connection)
    {
        var options = new ServiceAccountTokenOptions { Audiences = Audience, ExpirationSeconds = ExpirationSeconds };
        Run(ServiceAccount, async (pipeline, cancellationToken) =>
        {
            var token = await connection.Objects.CreateTokenAsync(ServiceAccount!, Namespace, options, cancellationToken).ConfigureAwait(false);
            await pipeline.InvokeAsync(() => WriteObject(new KubeServiceAccountToken(token.Token, AsPlainText, token.ExpirationTimestamp))).ConfigureAwait(false);
        });
    }
}
