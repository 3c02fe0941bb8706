using System.Management.Automation;
using System.Security;
using KubeInject.Kubernetes;

namespace KubeInject.Cmdlets;

/// <summary>A cmdlet that is told how to connect.</summary>
public abstract class ConnectingCmdlet : KubeCmdlet
{
    private protected const string FromKubeconfig = "Kubeconfig";
    private protected const string FromToken = "Token";
    private protected const string FromTokenFile = "TokenFile";
    private protected const string FromCertificate = "ClientCertificate";
    private protected const string FromCredential = "Credential";
    private protected const string FromPod = "InCluster";

    private const string ServerHelp = "The API server's address: https://10.0.0.1:6443.";
    private const string AuthorityHelp = "The certificates that alone may have signed the server's: PEM files, PEM text or X509Certificate2. Default: those that this machine trusts.";

    /// <summary>The kubeconfigs.</summary>
    [Parameter(ParameterSetName = FromKubeconfig, ValueFromPipelineByPropertyName = true, HelpMessage = "The kubeconfigs to read; of several, the first to say something counts. Default: the files in KUBECONFIG, then ~/.kube/config, then the ServiceAccount of the pod this runs in.")]
    [ValidateNotNullOrEmpty]
    public string[]? KubeConfig { get; set; }

    /// <summary>The context.</summary>
    [Parameter(ParameterSetName = FromKubeconfig, Position = 0, ValueFromPipelineByPropertyName = true, HelpMessage = "The context of the kubeconfig. Default: its current context.")]
    [Alias("Name")]
    [ArgumentCompleter(typeof(ContextCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Context { get; set; }

    /// <summary>The API server's address.</summary>
    [Parameter(ParameterSetName = FromToken, Mandatory = true, HelpMessage = ServerHelp)]
    [Parameter(ParameterSetName = FromTokenFile, Mandatory = true, HelpMessage = ServerHelp)]
    [Parameter(ParameterSetName = FromCertificate, Mandatory = true, HelpMessage = ServerHelp)]
    [Parameter(ParameterSetName = FromCredential, Mandatory = true, HelpMessage = ServerHelp)]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public Uri? Server { get; set; }

    /// <summary>The bearer token.</summary>
    [Parameter(ParameterSetName = FromToken, Mandatory = true, HelpMessage = "The bearer token, for example of a ServiceAccount.")]
    public SecureString? Token { get; set; }

    /// <summary>A file with the bearer token.</summary>
    [Parameter(ParameterSetName = FromTokenFile, Mandatory = true, HelpMessage = "A file with the bearer token, which is read anew for every request.")]
    [ValidateNotNullOrEmpty]
    public string? TokenFile { get; set; }

    /// <summary>The client certificate.</summary>
    [Parameter(ParameterSetName = FromCertificate, Mandatory = true, HelpMessage = "The certificate that says who the user is: an X509Certificate2 with its private key, or a PEM file.")]
    [ValidateNotNull]
    public object? ClientCertificate { get; set; }

    /// <summary>The file of the client certificate's key.</summary>
    [Parameter(ParameterSetName = FromCertificate, HelpMessage = "The PEM file with the key of the certificate's file. Default: that file.")]
    [ValidateNotNullOrEmpty]
    public string? ClientKey { get; set; }

    /// <summary>Name and password.</summary>
    [Parameter(ParameterSetName = FromCredential, Mandatory = true, HelpMessage = "Name and password for HTTP basic authentication.")]
    public PSCredential? Credential { get; set; }

    /// <summary>Who signed the server's certificate.</summary>
    [Parameter(ParameterSetName = FromToken, HelpMessage = AuthorityHelp)]
    [Parameter(ParameterSetName = FromTokenFile, HelpMessage = AuthorityHelp)]
    [Parameter(ParameterSetName = FromCertificate, HelpMessage = AuthorityHelp)]
    [Parameter(ParameterSetName = FromCredential, HelpMessage = AuthorityHelp)]
    [ValidateNotNullOrEmpty]
    public object[]? CertificateAuthority { get; set; }

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
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }

    /// <summary>The user in whose place requests are made.</summary>
    [Parameter(HelpMessage = "Make requests in the place of this user, as kubectl --as does.")]
    [ValidateNotNullOrEmpty]
    public string? ImpersonateUser { get; set; }

    /// <summary>The groups of the user in whose place requests are made.</summary>
    [Parameter(HelpMessage = "Groups of the user in whose place requests are made.")]
    [ValidateNotNullOrEmpty]
    public string[]? ImpersonateGroup { get; set; }

    /// <summary>The uid of the user in whose place requests are made.</summary>
    [Parameter(HelpMessage = "The uid of the user in whose place requests are made.")]
    [ValidateNotNullOrEmpty]
    public string? ImpersonateUid { get; set; }

    /// <summary>The name in the server's certificate.</summary>
    [Parameter(HelpMessage = "The name to ask of the server and to look for in its certificate. Default: the host of its address.")]
    [ValidateNotNullOrEmpty]
    public string? TlsServerName { get; set; }

    /// <summary>The proxy.</summary>
    [Parameter(HelpMessage = "The proxy that leads to the server: http://, https:// or socks5://. Default: that of the kubeconfig, else of HTTPS_PROXY.")]
    public Uri? ProxyUri { get; set; }

    /// <summary>Whether any certificate will do.</summary>
    [Parameter(HelpMessage = "Accept any certificate of the server. Whoever stands between can then read and change everything.")]
    public SwitchParameter SkipCertificateCheck { get; set; }

    /// <summary>How long a request may take.</summary>
    [Parameter(HelpMessage = "How many seconds a request may take. Default: 100.")]
    [ValidateRange(1, 2_000_000)]
    public int? TimeoutSec { get; set; }

    /// <summary>What an error is about.</summary>
    private protected object? Target => Server ?? (object?)Context;

    /// <summary>What the parameters say, on the pipeline thread.</summary>
    private protected async Task<ConnectionSettings> ReadSettingsAsync(PipelineThread pipeline)
    {
        TrustedCertificates.Preload();
        ConnectionSettings? settings = null;
        await pipeline.InvokeAsync(() =>
        {
            settings = Change(Settings());
            if (SkipCertificateCheck)
                WriteWarning($"The certificate of {PasswordMask.Apply(settings.Server)} is not checked: whoever stands between can read and change everything.");
        }).ConfigureAwait(false);
        return settings!;
    }

    /// <summary>Where kubeconfigs lead to, or, without any, whatever kubectl would take.</summary>
    internal static ConnectionSettings Settings(IEnumerable<string>? kubeconfigs, string? context, KubeEnvironment environment) => kubeconfigs is null
        ? ConnectionSettings.Find(null, context, environment)
        : ConnectionSettings.FromKubeconfig(Kubeconfig.Load(kubeconfigs), context) with { Environment = environment };

    /// <summary>Where the parameter set leads to.</summary>
    private protected virtual ConnectionSettings Settings()
    {
        var environment = KubeEnvironment.Process with
        {
            WorkingFolder = SessionState.Path.CurrentFileSystemLocation.ProviderPath,

            // Who types a line, and asks for its completion, is not asked for anything.
            HasTerminal = () => !Console.IsInputRedirected && PipelineThread.Current is not null,
        };
        switch (ParameterSetName)
        {
            case FromToken:
                return ConnectionSettings.FromToken(Server!, Token!.ToSecret(), Authority());
            case FromTokenFile:
                return ConnectionSettings.FromTokenFile(Server!, FullPath(TokenFile!), Authority());
            case FromCertificate:
                return ConnectionSettings.FromClientCertificate(Server!, CertificateInput.ClientCertificate(ClientCertificate!, ClientKey, FullPath), Authority());
            case FromCredential:
                return ConnectionSettings.FromPassword(Server!, Credential!.UserName, Credential.Password.ToSecret(), Authority());
            case FromPod:
                return ConnectionSettings.FromServiceAccount(ServiceAccountPath is null ? null : environment with { ServiceAccountFolder = FullPath(ServiceAccountPath) });
            default:
                return Settings(KubeConfig?.Select(FullPath), Context, environment);
        }
    }

    private ConnectionSettings Change(ConnectionSettings settings) => settings with
    {
        Namespace = Namespace ?? settings.Namespace,
        Impersonation = Impersonation.Change(settings.Impersonation, ImpersonateUser, ImpersonateUid, ImpersonateGroup),
        TlsServerName = TlsServerName ?? settings.TlsServerName,
        Proxy = ProxyUri is null ? settings.Proxy : ProxyAddress.FromUri(ProxyUri),
        SkipCertificateCheck = SkipCertificateCheck || settings.SkipCertificateCheck,

        // The kubeconfig's gives way to the switch; one that stands beside the switch contradicts it.
        CertificateAuthority = SkipCertificateCheck && CertificateAuthority is null ? null : settings.CertificateAuthority,
        Timeout = TimeoutSec is { } seconds ? TimeSpan.FromSeconds(seconds) : settings.Timeout,
    };

    private CertificateAuthority? Authority() => CertificateAuthority is null ? null : CertificateInput.Authority(CertificateAuthority, FullPath);

    // Relative to PowerShell's current location, which is not the process's.
    private string FullPath(string path) => GetUnresolvedProviderPathFromPSPath(path);
}
