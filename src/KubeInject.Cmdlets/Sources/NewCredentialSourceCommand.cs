using System.Management.Automation;
using KubeInject.Credentials;
using KubeInject.Leases;

namespace KubeInject.Cmdlets;

/// <summary>Makes a source of credentials, for Invoke-CredentialInjection and the cmdlets of leases.</summary>
[Cmdlet(VerbsCommon.New, "CredentialSource", DefaultParameterSetName = FromNowhere)]
[OutputType(typeof(CredentialSource))]
public sealed partial class NewCredentialSourceCommand : ConnectedCmdlet
{
    private const string FromNowhere = "Local";
    private const string FromSecret = "KubeSecret";
    private const string FromScript = "ScriptBlock";

    private const string LeasePathHelp = "The folder that leases are recorded in. Default: in the cluster, see -LeaseNamespace; without a connection, and for -Local, kubeinject/leases below XDG_STATE_HOME, or below ~/.local/state.";
    private const string LeaseNamespaceHelp = "The namespace of the connected cluster whose Secrets leases are recorded in. It has to exist. Default: kubeinject.";

    /// <summary>Whether credentials are made up.</summary>
    [Parameter(ParameterSetName = FromNowhere, Mandatory = true, HelpMessage = "Make credentials up, for trying out. No database knows them.")]
    public SwitchParameter Local { get; set; }

    /// <summary>Which Secret holds the credentials.</summary>
    [Parameter(ParameterSetName = FromSecret, Mandatory = true, HelpMessage = "Take credentials from existing Secrets of the cluster. Which one: a name with {role}, {database} and {namespace} in it, such as '{role}-db' in the pod's namespace, or 'credentials/{namespace}.{role}' in one for all.")]
    [ArgumentCompleter(typeof(SecretNameCompleter))]
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

    /// <summary>The name in the records of leases.</summary>
    [Parameter(ParameterSetName = FromScript, HelpMessage = "The source's name in its lease records. Sources that record leases in the same place each look after those of their own name: give each ScriptBlock one. Default: script.")]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = ScriptCredentials.DefaultName;

    /// <summary>Where leases are recorded.</summary>
    [Parameter(ParameterSetName = FromNowhere, HelpMessage = LeasePathHelp)]
    [Parameter(ParameterSetName = FromSecret, HelpMessage = LeasePathHelp)]
    [Parameter(ParameterSetName = FromPostgreSql, HelpMessage = LeasePathHelp)]
    [Parameter(ParameterSetName = FromScript, HelpMessage = LeasePathHelp)]
    [ValidateNotNullOrEmpty]
    public string? LeasePath { get; set; }

    /// <summary>In which namespace leases are recorded.</summary>
    [Parameter(ParameterSetName = FromSecret, HelpMessage = LeaseNamespaceHelp)]
    [Parameter(ParameterSetName = FromPostgreSql, HelpMessage = LeaseNamespaceHelp)]
    [Parameter(ParameterSetName = FromScript, HelpMessage = LeaseNamespaceHelp)]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    [ValidateNotNullOrEmpty]
    public string? LeaseNamespace { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            var (issuer, leases) = ParameterSetName switch
            {
                FromSecret => (SecretIssuer(), Store()),
                FromPostgreSql => (PostgreSqlIssuer(), Store()),
                FromVault => VaultSource(),
                FromScript => (new ScriptCredentials(Name, ScriptBlock!, RevokeScriptBlock).ToIssuer(), Store()),
                _ => (new LocalCredentialIssuer(), Folder()),
            };
            WriteObject(new CredentialSource(issuer, leases, FindConnection()?.Objects));
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            ThrowTerminatingError(Errors.CredentialSourceInvalid(exception.Message));
        }
        catch (Exception exception) when (Errors.Describe(exception, null) is { } record)
        {
            ThrowTerminatingError(record);
        }
    }

    private KubeSecretIssuer SecretIssuer()
    {
        var connection = RequireConnection();
        return new KubeSecretIssuer(connection.Objects, new KubeSecretOptions
        {
            Pattern = SecretPattern.Parse(KubeSecret!),
            UsernameKey = UsernameKey,
            PasswordKey = PasswordKey,
            DefaultNamespace = connection.Namespace,
        });
    }

    private ILeaseStore Store()
    {
        if (LeasePath is not null && LeaseNamespace is not null)
            throw new ArgumentException("Leases are recorded in one place: give -LeasePath or -LeaseNamespace, not both.");
        var connection = LeaseNamespace is null ? FindConnection() : RequireConnection();
        return LeasePath is null && connection is not null ? new KubeLeaseStore(connection.Objects, LeaseNamespace ?? KubeLeaseStore.DefaultNamespace) : Folder();
    }

    private FileLeaseStore Folder() => new(LeasePath is null ? FileLeaseStore.DefaultFolder : FullPath(LeasePath), FindConnection()?.Server.ToString());

    // Relative to PowerShell's current location, which is not the process's.
    private string FullPath(string path) => GetUnresolvedProviderPathFromPSPath(path);
}
