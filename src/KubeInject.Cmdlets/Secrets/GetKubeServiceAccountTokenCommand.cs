using System.Management.Automation;
using KubeInject.Cmdlets.Completion;
using KubeInject.Cmdlets.Connections;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;

namespace KubeInject.Cmdlets.Secrets;

/// <summary>Gets the mounted token of the pod that the session runs in, or requests a new token for a ServiceAccount.</summary>
[Cmdlet(VerbsCommon.Get, "KubeServiceAccountToken", DefaultParameterSetName = Mounted)]
[OutputType(typeof(KubeServiceAccountToken))]
public sealed class GetKubeServiceAccountTokenCommand : ConnectedCmdlet
{
    private const string Mounted = "Mounted";
    private const string Requested = "Requested";

    [Parameter(ParameterSetName = Mounted, HelpMessage = "Specifies the folder that the ServiceAccount is mounted at. The default is /var/run/secrets/kubernetes.io/serviceaccount.")]
    [ValidateNotNullOrEmpty]
    public string? ServiceAccountPath { get; set; }

    [Parameter(ParameterSetName = Requested, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true, HelpMessage = "Specifies the ServiceAccount to request a token for. For pods from the pipeline, this is the ServiceAccount of the pod.")]
    [Alias("ServiceAccountName")]
    [ArgumentCompleter(typeof(ServiceAccountCompleter))]
    [ValidateNotNullOrEmpty]
    public string? ServiceAccount { get; set; }

    [Parameter(ParameterSetName = Requested, ValueFromPipelineByPropertyName = true, HelpMessage = "Specifies the namespace of the ServiceAccount. The default is the namespace of the connection.")]
    [Alias("n")]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }

    [Parameter(ParameterSetName = Requested, HelpMessage = "Specifies the intended audience of the token, for example 'vault'. The default is the API server.")]
    [ValidateNotNullOrEmpty]
    public string[] Audience { get; set; } = [];

    [Parameter(ParameterSetName = Requested, HelpMessage = "Specifies the requested lifetime of the token in seconds, at least 600. The API server can issue a token with a shorter lifetime. The default is one hour.")]
    public long? ExpirationSeconds { get; set; }

    [Parameter(HelpMessage = "Returns the token as a string, which anyone who sees the output can read. By default, it is a SecureString. Export-Clixml leaves the token out in both cases.")]
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
        var folder = ServiceAccountPath is null ? KubeEnvironment.Process.ServiceAccountFolder : FullPath(ServiceAccountPath);
        Run(folder, (pipeline, _) =>
        {
            var token = ServiceAccountToken.ReadMounted(folder);
            return pipeline.InvokeAsync(() => WriteObject(KubeServiceAccountToken.Of(token, AsPlainText, null)));
        });
    }

    private void Request(KubeConnection connection)
    {
        var options = new ServiceAccountTokenOptions { Audiences = Audience, ExpirationSeconds = ExpirationSeconds };
        Run(ServiceAccount, async (pipeline, cancellationToken) =>
        {
            var token = await connection.Objects.CreateTokenAsync(ServiceAccount!, Namespace, options, cancellationToken).ConfigureAwait(false);
            await pipeline.InvokeAsync(() => WriteObject(KubeServiceAccountToken.Of(token.Token, AsPlainText, token.ExpirationTimestamp))).ConfigureAwait(false);
        });
    }
}
