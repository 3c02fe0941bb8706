using System.Management.Automation;
using System.Security;
using KubeInject.Credentials;
using KubeInject.Leases;

namespace KubeInject.Cmdlets;

/// <content>Vault and OpenBao.</content>
public sealed partial class NewCredentialSourceCommand
{
    private const string FromVault = "Vault";

    /// <summary>The address of Vault.</summary>
    [Parameter(ParameterSetName = FromVault, Mandatory = true, HelpMessage = "Take credentials from the database secrets engine of this HashiCorp Vault or OpenBao: https://vault.example.org:8200, or $env:VAULT_ADDR. The other variables of Vault's own command line (VAULT_TOKEN, VAULT_CACERT, …) are understood.")]
    [ValidateNotNull]
    public Uri? Vault { get; set; }

    /// <summary>The token to use.</summary>
    [Parameter(ParameterSetName = FromVault, HelpMessage = "Use this token. Default: VAULT_TOKEN, else ~/.vault-token, where 'vault login' keeps it.")]
    [ValidateNotNull]
    public SecureString? Token { get; set; }

    /// <summary>The role of the Kubernetes auth method.</summary>
    [Parameter(ParameterSetName = FromVault, HelpMessage = "Log in by Kubernetes auth in this role, as the ServiceAccount of the pod that this runs in.")]
    [ValidateNotNullOrEmpty]
    public string? KubernetesAuthRole { get; set; }

    /// <summary>The id of the AppRole.</summary>
    [Parameter(ParameterSetName = FromVault, HelpMessage = "Log in with the AppRole of this id, together with -SecretId.")]
    [ValidateNotNullOrEmpty]
    public string? RoleId { get; set; }

    /// <summary>The secret id of the AppRole.</summary>
    [Parameter(ParameterSetName = FromVault, HelpMessage = "The secret id of the AppRole.")]
    [ValidateNotNull]
    public SecureString? SecretId { get; set; }

    /// <summary>Where the Kubernetes auth method is mounted.</summary>
    [Parameter(ParameterSetName = FromVault, HelpMessage = "Where the Kubernetes auth method is mounted, whose roles say which ServiceAccount may have which credentials. Default: kubernetes.")]
    [ValidateNotNullOrEmpty]
    public string AuthMount { get; set; } = "kubernetes";

    /// <summary>Where the AppRole auth method is mounted.</summary>
    [Parameter(ParameterSetName = FromVault, HelpMessage = "Where the AppRole auth method is mounted. Default: approle.")]
    [ValidateNotNullOrEmpty]
    public string AppRoleMount { get; set; } = "approle";

    /// <summary>Whether each pod logs in itself.</summary>
    [Parameter(ParameterSetName = FromVault, HelpMessage = "Log in as each pod's own ServiceAccount, with a token that the connected cluster gives out for it. Default: issue in the pods' place, after checking their roles.")]
    public SwitchParameter PodIdentity { get; set; }

    /// <summary>Whom the tokens of the pods' ServiceAccounts are for.</summary>
    [Parameter(ParameterSetName = FromVault, HelpMessage = "With -PodIdentity: whom the pods' tokens are for. Default: vault.")]
    [ValidateNotNullOrEmpty]
    public string Audience { get; set; } = VaultIssuerOptions.DefaultAudience;

    /// <summary>How long the token of a lease lives without renewal.</summary>
    [Parameter(ParameterSetName = FromVault, HelpMessage = "How long a lease's token, and with it the credential, lives from one renewal to the next. Default: 24 hours.")]
    public TimeSpan TokenPeriod { get; set; } = new VaultIssuerOptions().TokenPeriod;

    /// <summary>The namespace of Vault.</summary>
    [Parameter(ParameterSetName = FromVault, HelpMessage = "The namespace of Vault Enterprise or OpenBao that all paths are in. Default: VAULT_NAMESPACE, else the root namespace.")]
    [ValidateNotNullOrEmpty]
    public string? VaultNamespace { get; set; }

    /// <summary>Who signed the server's certificate.</summary>
    [Parameter(ParameterSetName = FromVault, HelpMessage = "The certificates that alone may have signed Vault's: PEM files, PEM text or X509Certificate2. Default: VAULT_CACERT or VAULT_CAPATH, else those that this machine trusts.")]
    [ValidateNotNullOrEmpty]
    public object[]? CertificateAuthority { get; set; }

    /// <summary>Whether any certificate will do.</summary>
    [Parameter(ParameterSetName = FromVault, HelpMessage = "Accept any certificate of Vault. Whoever stands between can then read and change everything.")]
    public SwitchParameter SkipCertificateCheck { get; set; }

    /// <summary>Where leases are recorded.</summary>
    [Parameter(ParameterSetName = FromVault, HelpMessage = "Where the KV engine (version 2) is mounted that leases are recorded in. Default: vault-db-injector, as the injector that runs in clusters has it.")]
    [ValidateNotNullOrEmpty]
    public string LeaseMount { get; set; } = VaultLeaseStore.DefaultMount;

    /// <summary>What all records are below.</summary>
    [Parameter(ParameterSetName = FromVault, HelpMessage = "What all lease records are below; each cluster needs one of its own. Default: kubernetes.")]
    [ValidateNotNullOrEmpty]
    public string LeasePrefix { get; set; } = VaultLeaseStore.DefaultPrefix;

    private (ICredentialIssuer Issuer, ILeaseStore Leases) VaultSource()
    {
        if (!PodIdentity && MyInvocation.BoundParameters.ContainsKey(nameof(Audience)))
            throw new ArgumentException("-Audience is whom the pods' own tokens are for: give it together with -PodIdentity.");
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

            // The variable's gives way to the switch; one that stands beside the switch contradicts it.
            CertificateAuthority = CertificateAuthority is not null ? CertificateInput.Authority(CertificateAuthority, FullPath)
                : SkipCertificateCheck ? null
                : settings.CertificateAuthority,
        };
    }

    private VaultLogin Login()
    {
        if (new object?[] { Token, KubernetesAuthRole, RoleId }.Count(given => given is not null) > 1)
            throw new ArgumentException("Give one of -Token, -KubernetesAuthRole and -RoleId.");
        if (RoleId is null != SecretId is null)
            throw new ArgumentException("An AppRole needs both -RoleId and -SecretId.");
        return Token is not null ? VaultLogin.Token(Token.ToSecret())
            : KubernetesAuthRole is not null ? VaultLogin.Kubernetes(KubernetesAuthRole, AuthMount)
            : RoleId is not null ? VaultLogin.AppRole(RoleId, SecretId!.ToSecret(), AppRoleMount)
            : VaultLogin.FromEnvironment() ?? throw new ArgumentException("There is no token for Vault: give -Token, -KubernetesAuthRole or -RoleId with -SecretId, set VAULT_TOKEN, or run 'vault login'.");
    }
}
