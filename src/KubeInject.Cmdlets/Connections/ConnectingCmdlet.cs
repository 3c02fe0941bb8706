using System.Management.Automation;
using System.Management.Automation.Language;
using System.Security;
using KubeInject.Cmdlets.Completion;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Cmdlets.Secrets;
using KubeInject.Http;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;

namespace KubeInject.Cmdlets.Connections;

/// <summary>The base class of cmdlets with parameters for a connection.</summary>
public abstract class ConnectingCmdlet : KubeCmdlet
{
    private protected const string FromKubeconfig = "Kubeconfig";
    private protected const string FromTokenFile = "TokenFile";
    private protected const string FromCertificate = "ClientCertificate";
    private protected const string FromCredential = "Credential";
    private protected const string FromServer = "Server";
    private protected const string FromPod = "InCluster";

    private const string ServerHelp = "Specifies the address of the API server, for example https://10.0.0.1:6443. Without a credential, requests are anonymous, or have the identity of kubectl proxy at http://127.0.0.1:8001.";
    private const string AuthorityHelp = "Specifies the only certificate authorities to trust for the server's certificate: PEM files, PEM text or X509Certificate2 objects. The default is the certificate authorities that this machine trusts. A kubeconfig contains its own.";

    [Parameter(ParameterSetName = FromKubeconfig, ValueFromPipelineByPropertyName = true, HelpMessage = "Specifies the kubeconfig files to read. If several files define the same value, the first one takes precedence. The default is the files in KUBECONFIG, then ~/.kube/config, then the ServiceAccount of the pod that the session runs in.")]
    [ValidateNotNullOrEmpty]
    public string[]? KubeConfig { get; set; }

    [Parameter(ParameterSetName = FromKubeconfig, Position = 0, ValueFromPipelineByPropertyName = true, HelpMessage = "Specifies the context of the kubeconfig. The default is its current context.")]
    [Alias("Name")]
    [ArgumentCompleter(typeof(ContextCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Context { get; set; }

    [Parameter(ParameterSetName = FromServer, Mandatory = true, HelpMessage = ServerHelp)]
    [Parameter(ParameterSetName = FromTokenFile, Mandatory = true, HelpMessage = ServerHelp)]
    [Parameter(ParameterSetName = FromCertificate, Mandatory = true, HelpMessage = ServerHelp)]
    [Parameter(ParameterSetName = FromCredential, Mandatory = true, HelpMessage = ServerHelp)]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public Uri? Server { get; set; }

    [Parameter(ParameterSetName = FromServer, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "Specifies the bearer token as a SecureString or as text, for example (kubectl create token teller). The token can also come from the pipeline. Do not type the token, because command history and transcripts record it.")]
    [SecureText]
    [ValidateNotNull]
    public SecureString? Token { get; set; }

    [Parameter(ParameterSetName = FromTokenFile, Mandatory = true, HelpMessage = "Specifies a file that contains the bearer token. The file is read again for every request.")]
    [ValidateNotNullOrEmpty]
    public string? TokenFile { get; set; }

    [Parameter(ParameterSetName = FromCertificate, Mandatory = true, HelpMessage = "Specifies the client certificate that identifies the user: an X509Certificate2 with its private key, or a PEM file.")]
    [ValidateNotNull]
    public object? ClientCertificate { get; set; }

    [Parameter(ParameterSetName = FromCertificate, HelpMessage = "Specifies the PEM file that contains the private key of the client certificate. The default is the file of the certificate.")]
    [ValidateNotNullOrEmpty]
    public string? ClientKey { get; set; }

    [Parameter(ParameterSetName = FromCredential, Mandatory = true, HelpMessage = "Specifies the username and password for HTTP basic authentication.")]
    public PSCredential? Credential { get; set; }

    [Parameter(ParameterSetName = FromServer, HelpMessage = AuthorityHelp)]
    [Parameter(ParameterSetName = FromTokenFile, HelpMessage = AuthorityHelp)]
    [Parameter(ParameterSetName = FromCertificate, HelpMessage = AuthorityHelp)]
    [Parameter(ParameterSetName = FromCredential, HelpMessage = AuthorityHelp)]
    [ValidateNotNullOrEmpty]
    public object[]? CertificateAuthority { get; set; }

    [Parameter(ParameterSetName = FromPod, Mandatory = true, HelpMessage = "Connects as the pod that the session runs in, with its mounted ServiceAccount token.")]
    public SwitchParameter InCluster { get; set; }

    [Parameter(ParameterSetName = FromPod, HelpMessage = "Specifies the folder that the ServiceAccount is mounted at. The default is /var/run/secrets/kubernetes.io/serviceaccount.")]
    [ValidateNotNullOrEmpty]
    public string? ServiceAccountPath { get; set; }

    [Parameter(HelpMessage = "Specifies the namespace that cmdlets use when you do not specify one. The default is the namespace of the context or of the pod, or else 'default'.")]
    [Alias("n")]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }

    [Parameter(HelpMessage = "Specifies the user to impersonate in requests, like kubectl --as.")]
    [ValidateNotNullOrEmpty]
    public string? ImpersonateUser { get; set; }

    [Parameter(HelpMessage = "Specifies the groups of the user to impersonate.")]
    [ValidateNotNullOrEmpty]
    public string[]? ImpersonateGroup { get; set; }

    [Parameter(HelpMessage = "Specifies the UID of the user to impersonate.")]
    [ValidateNotNullOrEmpty]
    public string? ImpersonateUid { get; set; }

    [Parameter(HelpMessage = "Specifies the server name to send in the TLS handshake and to verify in the server's certificate. The default is the host name of the server's address.")]
    [ValidateNotNullOrEmpty]
    public string? TlsServerName { get; set; }

    [Parameter(HelpMessage = "Specifies the proxy to use to reach the server: http://, https:// or socks5://. The default is the proxy of the kubeconfig, or else of HTTPS_PROXY.")]
    public Uri? ProxyUri { get; set; }

    [Parameter(HelpMessage = "Accepts any server certificate. An attacker on the network path can then read and change all traffic.")]
    public SwitchParameter SkipCertificateCheck { get; set; }

    [Parameter(HelpMessage = "Specifies the timeout of a request in seconds, from 1 to 2,000,000. The default is 100. Watch requests have no time limit.")]
    [ValidateRange(1, 2_000_000)]
    public int? TimeoutSec { get; set; }

    /// <summary>The target of errors: the server or the context.</summary>
    private protected object? Target => Server ?? (object?)Context;

    /// <summary>Reads the connection settings of the parameters. Reads them on the pipeline thread.</summary>
    private protected async Task<ConnectionSettings> ReadSettingsAsync(PipelineThread pipeline)
    {
        TrustedCertificates.Preload();
        ConnectionSettings? settings = null;
        await pipeline.InvokeAsync(() =>
        {
            settings = Change(Settings());
            if (Token is not null && IsTyped(Token.ToSecret()))
                WriteWarning("The value of -Token is typed, so it remains in the history of this session, in transcripts and in script block logs. Specify a variable or a command such as (kubectl create token teller).");
            if (SkipCertificateCheck)
                WriteWarning($"The certificate of {PasswordMask.Apply(settings.Server)} is not checked, so an attacker on the network can read and change all data.");
        }).ConfigureAwait(false);
        return settings!;
    }

    /// <summary>Returns the settings of a context in kubeconfigs; without kubeconfigs, the settings that kubectl would use.</summary>
    internal static ConnectionSettings Settings(IEnumerable<string>? kubeconfigs, string? context, KubeEnvironment environment) => kubeconfigs is null
        ? ConnectionSettings.Find(null, context, environment)
        : ConnectionSettings.FromKubeconfig(Kubeconfig.Load(kubeconfigs), context) with { Environment = environment };

    /// <summary>Returns the connection settings of the parameter set.</summary>
    private protected virtual ConnectionSettings Settings()
    {
        var environment = KubeEnvironment.Process with
        {
            WorkingFolder = SessionState.Path.CurrentFileSystemLocation.ProviderPath,

            // Without a pipeline, the settings are read for completion, which must not prompt for input.
            HasTerminal = () => !Console.IsInputRedirected && PipelineThread.Current is not null,
        };
        switch (ParameterSetName)
        {
            case FromServer:
                return Token is null
                    ? new ConnectionSettings { Server = Server!, CertificateAuthority = Authority() }
                    : ConnectionSettings.FromToken(Server!, Token.ToSecret(), Authority());
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

        // The switch overrides the certificate authority of the kubeconfig. It conflicts with -CertificateAuthority.
        CertificateAuthority = SkipCertificateCheck && CertificateAuthority is null ? null : settings.CertificateAuthority,
        Timeout = TimeoutSec is { } seconds ? TimeSpan.FromSeconds(seconds) : settings.Timeout,
    };

    /// <summary>Whether the command contains a token as a literal, for example as an argument, but not as a part of another word.</summary>
    private bool IsTyped(SensitiveString token) =>
        Parser.ParseInput(CommandText, out _, out _).Find(element => element is StringConstantExpressionAst literal && literal.Value.Trim() == token.Reveal(), searchNestedScriptBlocks: true) is not null;

    private CertificateAuthority? Authority() => CertificateAuthority is null ? null : CertificateInput.Authority(CertificateAuthority, FullPath);
}
