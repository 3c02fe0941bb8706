using System.Management.Automation;
using KubeInject.Cmdlets.Completion;
using KubeInject.Cmdlets.Connections;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Credentials;
using KubeInject.Credentials.KubeSecret;
using KubeInject.Leases;

namespace KubeInject.Cmdlets.Sources;

/// <summary>Creates a source of credentials: Vault or OpenBao, PostgreSQL, Secrets of the cluster, a script, or test credentials.</summary>
[Cmdlet(VerbsCommon.New, "CredentialSource", DefaultParameterSetName = FromLocal)]
[OutputType(typeof(CredentialSource))]
public sealed partial class NewCredentialSourceCommand : ConnectedCmdlet
{
    private const string FromLocal = "Local";
    private const string FromSecret = "KubeSecret";
    private const string FromScript = "ScriptBlock";

    private const string LeasePathHelp = "Specifies the folder that leases are recorded in. By default, leases are recorded in the cluster (see -LeaseNamespace). Without a connection and for -Local, the default is kubeinject/leases in XDG_STATE_HOME, or else in ~/.local/state; on Windows, in %LOCALAPPDATA%.";
    private const string LeaseNamespaceHelp = "Specifies the namespace of the connected cluster in whose Secrets leases are recorded. The namespace must exist. The default is kubeinject.";

    [Parameter(ParameterSetName = FromLocal, HelpMessage = "Generates random credentials for tests. They are not valid in any database.")]
    public SwitchParameter Local { get; set; }

    [Parameter(ParameterSetName = FromSecret, Mandatory = true, HelpMessage = "Gets credentials from existing Secrets of the cluster. Specify their name with the placeholders {role}, {database} and {namespace}: '{role}-db' is in the pod's namespace, and 'credentials/{namespace}.{role}' is in one namespace for all pods.")]
    [ArgumentCompleter(typeof(SecretNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string? KubeSecret { get; set; }

    [Parameter(ParameterSetName = FromSecret, HelpMessage = "Specifies the key of the username in the Secrets. The default is username.")]
    [ValidateNotNullOrEmpty]
    public string UsernameKey { get; set; } = "username";

    [Parameter(ParameterSetName = FromSecret, HelpMessage = "Specifies the key of the password in the Secrets. The default is password.")]
    [ValidateNotNullOrEmpty]
    public string PasswordKey { get; set; } = "password";

    [Parameter(ParameterSetName = FromScript, Mandatory = true, HelpMessage = "Specifies a script block that returns one PSCredential for a request: { param($Request) Get-Secret \"db-$($Request.Role)\" }. The request has the properties Role, Database, Mount, Owner, ServiceAccountName and Uuid.")]
    [ValidateNotNull]
    public ScriptBlock? ScriptBlock { get; set; }

    [Parameter(ParameterSetName = FromScript, HelpMessage = "Specifies a script block that revokes a credential of -ScriptBlock: { param($Lease) ... $Lease.Uuid ... }. It also runs if nothing was issued. If you do not specify it, credentials are not revoked.")]
    [ValidateNotNull]
    public ScriptBlock? RevokeScriptBlock { get; set; }

    [Parameter(ParameterSetName = FromScript, HelpMessage = "Specifies the name of the source in its lease records. Sources that record leases in the same location each manage only the leases with their own name, so use a different name for each script block. The default is script.")]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = ScriptCredentials.DefaultName;

    [Parameter(ParameterSetName = FromLocal, HelpMessage = LeasePathHelp)]
    [Parameter(ParameterSetName = FromSecret, HelpMessage = LeasePathHelp)]
    [Parameter(ParameterSetName = FromPostgreSql, HelpMessage = LeasePathHelp)]
    [Parameter(ParameterSetName = FromScript, HelpMessage = LeasePathHelp)]
    [ValidateNotNullOrEmpty]
    public string? LeasePath { get; set; }

    [Parameter(ParameterSetName = FromSecret, HelpMessage = LeaseNamespaceHelp)]
    [Parameter(ParameterSetName = FromPostgreSql, HelpMessage = LeaseNamespaceHelp)]
    [Parameter(ParameterSetName = FromScript, HelpMessage = LeaseNamespaceHelp)]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    [ValidateNotNullOrEmpty]
    public string? LeaseNamespace { get; set; }

    [Parameter(HelpMessage = "Makes the source the default of this session. Cmdlets with the parameter -CredentialSource then use it if you do not specify a source.")]
    public SwitchParameter Default { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == FromLocal && !Local)
            ThrowTerminatingError(Errors.CredentialSourceInvalid("No kind of source is specified. Specify -Vault, -PostgreSql, -KubeSecret or -ScriptBlock, or -Local for test credentials."));
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
            var source = new CredentialSource(issuer, leases, FindConnection()?.Objects);
            if (Default)
                RunspaceDefault<CredentialSource>.Current = source;
            WriteObject(source);
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
            throw new ArgumentException("-LeasePath and -LeaseNamespace cannot be combined, because leases are recorded in only one location.");
        var connection = LeaseNamespace is null ? FindConnection() : RequireConnection();
        return LeasePath is null && connection is not null ? new KubeLeaseStore(connection.Objects, LeaseNamespace ?? KubeLeaseStore.DefaultNamespace) : Folder();
    }

    private FileLeaseStore Folder() => new(LeasePath is null ? FileLeaseStore.DefaultFolder : FullPath(LeasePath), FindConnection()?.Server.ToString());
}
