using System.Management.Automation;
using KubeInject.Credentials;
using KubeInject.Leases;

namespace KubeInject.Cmdlets;

/// <summary>Makes a source of credentials, for Invoke-CredentialInjection and the cmdlets of leases.</summary>
[Cmdlet(VerbsCommon.New, "CredentialSource", DefaultParameterSetName = FromNowhere)]
[OutputType(typeof(CredentialSource))]
public sealed class NewCredentialSourceCommand : ConnectedCmdlet
{
    private const string FromNowhere = "Local";
    private const string FromSecret = "KubeSecret";
    private const string FromScript = "ScriptBlock";

    private const string LeasePathHelp = "The folder that leases are recorded in. Default: kubeinject/leases below XDG_STATE_HOME, or below ~/.local/state.";

    /// <summary>Whether credentials are made up.</summary>
    [Parameter(ParameterSetName = FromNowhere, Mandatory = true, HelpMessage = "Make credentials up, for trying out. No database knows them.")]
    public SwitchParameter Local { get; set; }

    /// <summary>Which Secret holds the credentials.</summary>
    [Parameter(ParameterSetName = FromSecret, Mandatory = true, HelpMessage = "Take credentials from existing Secrets of the cluster. Which one: a name with {role}, {database} and {namespace} in it, such as '{role}-db' in the pod's namespace, or 'credentials/{namespace}.{role}' in one for all.")]
    [ValidateNotNullOrEmpty]
    public string? KubeSecret { get; set; }

    /// <summary>The key of the username.</summary>
    [Parameter(ParameterSetName = FromSecret, HelpMessage = "The key of the username in the Secrets. Default: username.")]
    [ValidateNotNullOrEmpty]
    public string UsernameKey { get; set; } = "username";

    /// <summary>The key of the password.</summary>
    [Parameter(ParameterSetName = FromSecret, HelpMessage = "The key of the password in the Secrets. Default: password.")]
    [ValidateNotNullOrEmpty]
    public string PasswordKey { get; set; } = "password";

    /// <summary>Issues credentials.</summary>
    [Parameter(ParameterSetName = FromScript, Mandatory = true, HelpMessage = "Returns one PSCredential for a request: { param($Request) Get-Secret \"db-$($Request.Role)\" }. The request has Role, Database, Mount, Owner, ServiceAccountName and Uuid.")]
    [ValidateNotNull]
    public ScriptBlock? ScriptBlock { get; set; }

    /// <summary>Revokes credentials.</summary>
    [Parameter(ParameterSetName = FromScript, HelpMessage = "Revokes what -ScriptBlock may have brought into being: { param($Lease) … $Lease.Uuid … }. It is called also where nothing was issued. Default: nobody revokes.")]
    [ValidateNotNull]
    public ScriptBlock? RevokeScriptBlock { get; set; }

    /// <summary>Where leases are recorded.</summary>
    [Parameter(ParameterSetName = FromNowhere, HelpMessage = LeasePathHelp)]
    [Parameter(ParameterSetName = FromSecret, HelpMessage = LeasePathHelp)]
    [Parameter(ParameterSetName = FromScript, HelpMessage = LeasePathHelp)]
    [ValidateNotNullOrEmpty]
    public string? LeasePath { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        ICredentialIssuer issuer = ParameterSetName switch
        {
            FromSecret => SecretIssuer(),
            FromScript => new ScriptCredentials(ScriptBlock!, RevokeScriptBlock).ToIssuer(),
            _ => new LocalCredentialIssuer(),
        };
        WriteObject(new CredentialSource(issuer, Store(), (Connection ?? RunspaceConnection.Current)?.Client));
    }

    private KubeSecretIssuer SecretIssuer()
    {
        var connection = RequireConnection();
        try
        {
            var pattern = SecretPattern.Parse(KubeSecret!);
            return new KubeSecretIssuer(connection.Client, new KubeSecretOptions
            {
                Pattern = pattern,
                UsernameKey = UsernameKey,
                PasswordKey = PasswordKey,
                DefaultNamespace = connection.Namespace,
            });
        }
        catch (FormatException exception)
        {
            ThrowTerminatingError(Errors.CredentialSourceInvalid(exception.Message));
            throw;
        }
    }

    private FileLeaseStore Store() => new(LeasePath is null ? FileLeaseStore.DefaultFolder : GetUnresolvedProviderPathFromPSPath(LeasePath));
}
