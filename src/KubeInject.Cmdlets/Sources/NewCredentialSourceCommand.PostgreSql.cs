using System.Management.Automation;
using KubeInject.Cmdlets.Completion;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Cmdlets.Secrets;
using KubeInject.Credentials.PostgreSql;

namespace KubeInject.Cmdlets.Sources;

/// <content>The parameters of a PostgreSQL source, which creates login roles.</content>
public sealed partial class NewCredentialSourceCommand
{
    private const string FromPostgreSql = "PostgreSql";

    // Not PostgreSqlPasswordAuthentication: PowerShell determines the layout of a cmdlet before the engine, which defines the value type, can be loaded.
    private object? passwordAuthentication;

    [Parameter(ParameterSetName = FromPostgreSql, Mandatory = true, HelpMessage = "Creates short-lived login roles in this PostgreSQL server: postgresql://db:5432/orders?sslmode=verify-full, or Host=db;Database=orders. Do not include the password. Use -Credential, PGPASSWORD or a .pgpass file instead.")]
    [ValidateNotNullOrEmpty]
    public string? PostgreSql { get; set; }

    [Parameter(ParameterSetName = FromPostgreSql, HelpMessage = "Specifies the username and password of the PostgreSQL user that creates the roles: a superuser, or a user with CREATEROLE.")]
    [Credential]
    [ValidateNotNull]
    public PSCredential? Credential { get; set; }

    [Parameter(ParameterSetName = FromPostgreSql, HelpMessage = "Specifies the name of the PostgreSQL server in lease records. A source uses only the leases of its own server, so specify the same name for every address of a server. The default is the host and port.")]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string? ServerName { get; set; }

    [Parameter(ParameterSetName = FromPostgreSql, HelpMessage = "Specifies the SQL statements that create a login role, with the placeholders {{name}}, {{password}}, {{expiration}} and {{role}}, as in Vault. Qualify names with their schema, because the search path is pg_catalog. By default, the role can log in and is a member of the role that the pod requests.")]
    [ValidateNotNullOrEmpty]
    public string[]? CreationStatement { get; set; }

    [Parameter(ParameterSetName = FromPostgreSql, HelpMessage = "Specifies the SQL statements that extend the lifetime of a login role, with the placeholders {{name}} and {{expiration}}. Specify @() for roles that cannot be renewed. The default is ALTER ROLE ... VALID UNTIL.")]
    [ValidateNotNull]
    public string[]? RenewalStatement { get; set; }

    [Parameter(ParameterSetName = FromPostgreSql, HelpMessage = "Specifies the SQL statements that remove a login role, with the placeholder {{name}}; its login is disabled and its sessions are ended first. Do not use REASSIGN OWNED ... TO CURRENT_USER or to another privileged role, because functions that a pod created then run with the privileges of that role. By default, objects that the role owns are reassigned to the role that the pod requested, its privileges are dropped, and then the role is dropped.")]
    [ValidateNotNullOrEmpty]
    public string[]? RevocationStatement { get; set; }

    [Parameter(ParameterSetName = FromPostgreSql, HelpMessage = "Specifies the role that receives the objects of a login role when it is removed; the default is the role that the pod requested. Functions that a pod created then run with the privileges of this role, so choose a role without special privileges. Privileged roles and the user that creates the roles are not allowed.")]
    [ArgumentCompleter(typeof(RequestedValueCompleter))]
    [ValidateNotNullOrEmpty]
    public string? ReassignOwnedTo { get; set; }

    [Parameter(ParameterSetName = FromPostgreSql, HelpMessage = "Specifies how long a login role is valid after it is created or renewed: at least one second. The default is one hour. Specify a time span such as 08:00:00: PowerShell reads a number as ticks of 100 nanoseconds.")]
    public TimeSpan? TimeToLive { get; set; }

    [Parameter(ParameterSetName = FromPostgreSql, HelpMessage = "Specifies the roles that pods can request. Wildcards are allowed, and the default is all roles that are not privileged. Privileged roles, such as a superuser or a role that can create roles or databases, and the login roles of leases are never allowed.")]
    [ArgumentCompleter(typeof(RequestedValueCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? AllowedRole { get; set; }

    [Parameter(ParameterSetName = FromPostgreSql, HelpMessage = "Specifies the value of {{password}} in the creation statement: ScramSha256 is the SCRAM-SHA-256 verifier, so that neither the server nor its log receives the password, and Password is the password itself. The default is ScramSha256.")]
    public PostgreSqlPasswordAuthentication? PasswordAuthentication
    {
        get => (PostgreSqlPasswordAuthentication?)passwordAuthentication;
        set => passwordAuthentication = value;
    }

    private PostgreSqlIssuer PostgreSqlIssuer()
    {
        if (TimeToLive is { } time && time < TimeSpan.FromSeconds(1))
            ThrowTerminatingError(Errors.TimeTooShort(nameof(TimeToLive), time));
        if (PasswordMask.IsNeeded(PostgreSql!) && PasswordMask.IsNeeded(CommandText))
            WriteWarning("The value of -PostgreSql contains a password, which remains in the history of this session, in transcripts and in script block logs. Omit the password, and specify -Credential or PGPASSFILE.");
        var options = new PostgreSqlOptions
        {
            ConnectionString = new SensitiveString(PostgreSql!),
            Username = Credential?.UserName,
            Password = Credential?.Password.ToSecret(),
            ReassignOwnedTo = ReassignOwnedTo,
            ServerName = ServerName,
        };
        return new PostgreSqlIssuer(options with
        {
            CreationStatements = CreationStatement ?? options.CreationStatements,
            RenewalStatements = RenewalStatement ?? options.RenewalStatements,
            RevocationStatements = RevocationStatement ?? options.RevocationStatements,
            TimeToLive = TimeToLive ?? options.TimeToLive,
            AllowedRoles = AllowedRole ?? options.AllowedRoles,
            PasswordAuthentication = PasswordAuthentication ?? options.PasswordAuthentication,
        });
    }
}
