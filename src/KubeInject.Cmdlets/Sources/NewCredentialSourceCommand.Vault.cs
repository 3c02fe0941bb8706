using System.Management.Automation;
using System.Security;
using KubeInject.Cmdlets.Connections;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Cmdlets.Secrets;
using KubeInject.Credentials;
using KubeInject.Credentials.Vault;
using KubeInject.Leases;

namespace KubeInject.Cmdlets.Sources;

/// <content>The parameters of a Vault or OpenBao source.</content>
public sealed partial class NewCredentialSourceCommand
{
    private const string FromVault = "Vault";

    [Parameter(ParameterSetName = FromVault, Mandatory = true, HelpMessage = "Gets credentials from the database secrets engine of this HashiCorp Vault or OpenBao server: https://vault.example.org:8200, or $env:VAULT_ADDR. The other variables of the Vault CLI, such as VAULT_TOKEN and VAULT_CACERT, are supported.")]
    [ValidateNotNull]
    public Uri? Vault { get; set; }

    [Parameter(ParameterSetName = FromVault, HelpMessage = "Specifies the Vault token. The default is VAULT_TOKEN, or else ~/.vault-token, where 'vault login' stores the token.")]
    [ValidateNotNull]
    public SecureString? Token { get; set; }

    [Parameter(ParameterSetName = FromVault, HelpMessage = "Logs in to Vault with this role of the Kubernetes auth method, as the ServiceAccount of the pod that the session runs in.")]
    [ValidateNotNullOrEmpty]
    public string? KubernetesAuthRole { get; set; }

    [Parameter(ParameterSetName = FromVault, HelpMessage = "Logs in to Vault with the AppRole that has this role ID. Requires -SecretId.")]
    [ValidateNotNullOrEmpty]
    public string? RoleId { get; set; }

    [Parameter(ParameterSetName = FromVault, HelpMessage = "Specifies the secret ID of the AppRole.")]
    [ValidateNotNull]
    public SecureString? SecretId { get; set; }

    [Parameter(ParameterSetName = FromVault, HelpMessage = "Specifies the mount path of the Kubernetes auth method. Its roles determine which ServiceAccounts can get which credentials. The default is kubernetes.")]
    [ValidateNotNullOrEmpty]
    public string AuthMount { get; set; } = "kubernetes";

    [Parameter(ParameterSetName = FromVault, HelpMessage = "Specifies the mount path of the AppRole auth method. The default is approle.")]
    [ValidateNotNullOrEmpty]
    public string AppRoleMount { get; set; } = "approle";

    [Parameter(ParameterSetName = FromVault, HelpMessage = "Logs in to Vault as the ServiceAccount of each pod, with a token that the connected cluster issues for it. By default, KubeInject checks the Vault roles of the pods and then issues the credentials on their behalf.")]
    public SwitchParameter PodIdentity { get; set; }

    [Parameter(ParameterSetName = FromVault, HelpMessage = "Specifies the audience of the pods' tokens. Requires -PodIdentity. The default is vault.")]
    [ValidateNotNullOrEmpty]
    public string Audience { get; set; } = VaultIssuerOptions.DefaultAudience;

    [Parameter(ParameterSetName = FromVault, HelpMessage = "Specifies how long the token of a lease, and with it the credential, is valid after it is issued or renewed: at least one minute. The default is 24 hours (1.00:00:00). With -PodIdentity, the Vault role determines this period.")]
    public TimeSpan TokenPeriod { get; set; } = new VaultIssuerOptions().TokenPeriod;

    [Parameter(ParameterSetName = FromVault, HelpMessage = "Specifies the namespace of Vault Enterprise or OpenBao that contains all paths. The default is VAULT_NAMESPACE, or else the root namespace.")]
    [ValidateNotNullOrEmpty]
    public string? VaultNamespace { get; set; }

    [Parameter(ParameterSetName = FromVault, HelpMessage = "Specifies the only certificate authorities to trust for Vault's certificate: PEM files, PEM text or X509Certificate2 objects. The default is VAULT_CACERT or VAULT_CAPATH, or else the certificate authorities that this machine trusts.")]
    [ValidateNotNullOrEmpty]
    public object[]? CertificateAuthority { get; set; }

    [Parameter(ParameterSetName = FromVault, HelpMessage = "Accepts any certificate of Vault. An attacker on the network path can then read and change all traffic.")]
    public SwitchParameter SkipCertificateCheck { get; set; }

    [Parameter(ParameterSetName = FromVault, HelpMessage = "Specifies the mount path of the KV secrets engine (version 2) that leases are recorded in. The default is vault-db-injector, which is also the default of the injector that runs in clusters.")]
    [ValidateNotNullOrEmpty]
    public string LeaseMount { get; set; } = VaultLeaseStore.DefaultMount;

    [Parameter(ParameterSetName = FromVault, HelpMessage = "Specifies the path prefix of all lease records. Use a different prefix for each cluster. The default is kubernetes.")]
    [ValidateNotNullOrEmpty]
    public string LeasePrefix { get; set; } = VaultLeaseStore.DefaultPrefix;

    private (ICredentialIssuer Issuer, ILeaseStore Leases) VaultSource()
    {
        if (!PodIdentity && MyInvocation.BoundParameters.ContainsKey(nameof(Audience)))
            throw new ArgumentException("-Audience requires -PodIdentity.");
        if (!PodIdentity && TokenPeriod < TimeSpan.FromSeconds(1))
            ThrowTerminatingError(Errors.TimeTooShort(nameof(TokenPeriod), TokenPeriod));
        var cluster = PodIdentity ? RequireConnection().Objects : null;
        var vault = new VaultClient(Settings(), Login());
        var options = new VaultIssuerOptions { AuthMount = AuthMount, TokenPeriod = TokenPeriod, UsePodIdentity = PodIdentity, Audience = Audience };
        return (new VaultIssuer(vault, options, cluster), new VaultLeaseStore(vault, LeaseMount, LeasePrefix));
    }

    private VaultSettings Settings()
    {
        var settings = VaultSettings.FromEnvironment() with { Address = Vault! };
        return settings with
        {
            Namespace = VaultNamespace ?? settings.Namespace,
            SkipCertificateCheck = SkipCertificateCheck || (settings.SkipCertificateCheck && CertificateAuthority is null),

            // The switch overrides the certificate authority of the environment variable. It conflicts with -CertificateAuthority.
            CertificateAuthority = CertificateAuthority is not null ? CertificateInput.Authority(CertificateAuthority, FullPath)
                : SkipCertificateCheck ? null
                : settings.CertificateAuthority,
        };
    }

    private VaultLogin Login()
    {
        if (new object?[] { Token, KubernetesAuthRole, RoleId }.Count(value => value is not null) > 1)
            throw new ArgumentException("-Token, -KubernetesAuthRole and -RoleId cannot be combined.");
        if (RoleId is null != SecretId is null)
            throw new ArgumentException("An AppRole requires both -RoleId and -SecretId.");
        return Token is not null ? VaultLogin.Token(Token.ToSecret())
            : KubernetesAuthRole is not null ? VaultLogin.Kubernetes(KubernetesAuthRole, AuthMount)
            : RoleId is not null ? VaultLogin.AppRole(RoleId, SecretId!.ToSecret(), AppRoleMount)
            : VaultLogin.FromEnvironment() ?? throw new ArgumentException("There is no token for Vault. Specify -Token, -KubernetesAuthRole, or -RoleId and -SecretId. Or set VAULT_TOKEN, or run 'vault login'.");
    }
}
