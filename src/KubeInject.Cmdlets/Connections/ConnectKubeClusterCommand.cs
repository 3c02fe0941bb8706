using System.Management.Automation;
using System.Net;
using System.Security;
using KubeInject.Kubernetes;

namespace KubeInject.Cmdlets;

/// <summary>Connects this session to the API server of a cluster.</summary>
[Cmdlet(VerbsCommunications.Connect, "KubeCluster", DefaultParameterSetName = FromKubeconfig)]
[OutputType(typeof(KubeConnection))]
public sealed class ConnectKubeClusterCommand : KubeCmdlet
{
    private const string FromKubeconfig = "Kubeconfig";
    private const string FromServer = "Server";
    private const string FromPod = "InCluster";

    /// <summary>The kubeconfig.</summary>
    [Parameter(ParameterSetName = FromKubeconfig, HelpMessage = "The kubeconfig to read. Default: the files in KUBECONFIG, then ~/.kube/config, then the ServiceAccount of the pod this runs in.")]
    [ValidateNotNullOrEmpty]
    public string? KubeConfig { get; set; }

    /// <summary>The context.</summary>
    [Parameter(ParameterSetName = FromKubeconfig, Position = 0, ValueFromPipelineByPropertyName = true, HelpMessage = "The context of the kubeconfig. Default: its current context.")]
    [ValidateNotNullOrEmpty]
    public string? Context { get; set; }

    /// <summary>The API server's address.</summary>
    [Parameter(ParameterSetName = FromServer, Mandatory = true, HelpMessage = "The API server's address: https://10.0.0.1:6443.")]
    public Uri? Server { get; set; }

    /// <summary>The bearer token.</summary>
    [Parameter(ParameterSetName = FromServer, Mandatory = true, HelpMessage = "The bearer token, for example of a ServiceAccount.")]
    public SecureString? Token { get; set; }

    /// <summary>Who signed the server's certificate.</summary>
    [Parameter(ParameterSetName = FromServer, HelpMessage = "A PEM file with the certificates that alone may have signed the server's. Default: those that this machine trusts.")]
    [ValidateNotNullOrEmpty]
    public string? CertificateAuthority { get; set; }

    /// <summary>Whether to connect as the pod that this runs in.</summary>
    [Parameter(ParameterSetName = FromPod, Mandatory = true, HelpMessage = "Connect as the pod that this runs in, with its mounted ServiceAccount token.")]
    public SwitchParameter InCluster { get; set; }

    /// <summary>The folder of the ServiceAccount.</summary>
    [Parameter(ParameterSetName = FromPod, HelpMessage = "The folder that the ServiceAccount is mounted at. Default: /var/run/secrets/kubernetes.io/serviceaccount.")]
    [ValidateNotNullOrEmpty]
    public string? ServiceAccountPath { get; set; }

    /// <summary>The namespace.</summary>
    [Parameter(HelpMessage = "The namespace of cmdlets that are given none. Default: that of the context or of the pod, else 'default'.")]
    [Alias("n")]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }

    /// <summary>Whether any certificate will do.</summary>
    [Parameter(HelpMessage = "Accept any certificate of the server. Whoever stands between can then read and change everything.")]
    public SwitchParameter SkipCertificateCheck { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => RunOrEnd(Server ?? (object?)Context, async (pipeline, cancellationToken) =>
    {
        var settings = Settings();
        settings = settings with { Namespace = Namespace ?? settings.Namespace };
        if (SkipCertificateCheck)
        {
            settings = settings with { SkipCertificateCheck = true, CertificateAuthority = null };
            await pipeline.InvokeAsync(() => WriteWarning($"The certificate of {settings.Server} is not checked: whoever stands between can read and change everything.")).ConfigureAwait(false);
        }

        var tell = TellRequest(pipeline);
        var connection = await KubeConnection.OpenAsync(settings, tell, cancellationToken).ConfigureAwait(false);
        connection.RequestCompleted -= tell;
        await pipeline.InvokeAsync(() =>
        {
            RunspaceConnection.Current = connection;
            WriteObject(connection);
        }).ConfigureAwait(false);
    });

    private ConnectionSettings Settings() => ParameterSetName switch
    {
        FromServer => ConnectionSettings.FromToken(
            Server!,
            new Secret(new NetworkCredential("", Token).Password),
            CertificateAuthority is null ? null : KubeInject.Kubernetes.CertificateAuthority.FromFile(FullPath(CertificateAuthority))),
        FromPod => ConnectionSettings.FromServiceAccount(
            ServiceAccountPath is null ? null : KubeEnvironment.Process with { ServiceAccountFolder = FullPath(ServiceAccountPath) }),
        _ => ConnectionSettings.Find(
            KubeConfig is null ? null : FullPath(KubeConfig),
            Context,
            KubeEnvironment.Process with { WorkingFolder = SessionState.Path.CurrentFileSystemLocation.ProviderPath }),
    };

    // Relative to PowerShell's current location, which is not the process's.
    private string FullPath(string path) => GetUnresolvedProviderPathFromPSPath(path);
}
