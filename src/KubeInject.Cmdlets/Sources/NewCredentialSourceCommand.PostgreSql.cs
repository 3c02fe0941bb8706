using System.Management.Automation;
using KubeInject.Credentials;

namespace KubeInject.Cmdlets;

/// <content>Login roles in PostgreSQL itself.</content>
public sealed partial class NewCredentialSourceCommand
{
    private const string FromPostgreSql = "PostgreSql";

    // Not of its own type: PowerShell loads the cmdlets, with the value types of their fields, before the engine can be found.
    private object? passwordAuthentication;

    /// <summary>Where to connect.</summary>
    [Parameter(ParameterSetName = FromPostgreSql, Mandatory = true, HelpMessage = "Make short-lived login roles in this PostgreSQL server: postgresql://db:5432/orders?sslmode=verify-full, or Host=db;Database=orders. Leave the password out of it: give -Credential, or have PGPASSWORD or a .pgpass file.")]
    [ValidateNotNullOrEmpty]
    public string? PostgreSql { get; set; }

    /// <summary>As whom to connect.</summary>
    [Parameter(ParameterSetName = FromPostgreSql, HelpMessage = "Name and password of the user who makes the roles: a superuser, or one with CREATEROLE.")]
    [Credential]
    [ValidateNotNull]
    public PSCredential? Credential { get; set; }

    /// <summary>The name of the server in lease records.</summary>
    [Parameter(ParameterSetName = FromPostgreSql, HelpMessage = "The server's name in lease records, of which a source sees those of its own server alone. Give the same wherever the same server is reached by another address. Default: host and port.")]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string? ServerName { get; set; }

    /// <summary>What creates a login role.</summary>
    [Parameter(ParameterSetName = FromPostgreSql, HelpMessage = "What creates a login role, with {{name}}, {{password}}, {{expiration}} and {{role}}, as in Vault. Write names with their schema: the search path is pg_catalog. Default: a role that can log in and is a member of the role that the pod asks for.")]
    [ValidateNotNullOrEmpty]
    public string[]? CreationStatement { get; set; }

    /// <summary>What puts off its end.</summary>
    [Parameter(ParameterSetName = FromPostgreSql, HelpMessage = "What puts off the end of a login role, with {{name}} and {{expiration}}; @() for roles that cannot be renewed. Default: ALTER ROLE … VALID UNTIL.")]
    [ValidateNotNull]
    public string[]? RenewalStatement { get; set; }

    /// <summary>What removes it.</summary>
    [Parameter(ParameterSetName = FromPostgreSql, HelpMessage = "What removes a login role, with {{name}}, after its login and its sessions were ended. Never write REASSIGN OWNED … TO CURRENT_USER, or to another privileged role: functions that a pod made then run with its rights. Default: what the role owns goes to the role that the pod requested, its privileges are dropped, then the role.")]
    [ValidateNotNullOrEmpty]
    public string[]? RevocationStatement { get; set; }

    /// <summary>Who gets what it owns.</summary>
    [Parameter(ParameterSetName = FromPostgreSql, HelpMessage = "The role that gets what a login role owns when it is removed. Functions that a pod made then run with its rights: choose a role without special rights. A privileged role and the user who makes the roles are refused. Default: the role that the pod requested.")]
    [ArgumentCompleter(typeof(RequestedValueCompleter))]
    [ValidateNotNullOrEmpty]
    public string? ReassignOwnedTo { get; set; }

    /// <summary>How long a login role is good for.</summary>
    [Parameter(ParameterSetName = FromPostgreSql, HelpMessage = "How long a login role is good for, and again after each renewal. Default: 1 hour.")]
    public TimeSpan? TimeToLive { get; set; }

    /// <summary>The roles that pods may ask for.</summary>
    [Parameter(ParameterSetName = FromPostgreSql, HelpMessage = "The roles that pods may ask for; wildcards are allowed. Default: all that are not privileged.")]
    [ArgumentCompleter(typeof(RequestedValueCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? AllowedRole { get; set; }

    /// <summary>What is sent as the password.</summary>
    [Parameter(ParameterSetName = FromPostgreSql, HelpMessage = "What stands for {{password}} in the creation statement. Default: ScramSha256, so that the server's log never holds the password.")]
    public PostgreSqlPasswordAuthentication? PasswordAuthentication
    {
        get => (PostgreSqlPasswordAuthentication?)passwordAuthentication;
        set => passwordAuthentication = value;
    }

    // The history does not have the value of a variable. Older versions of PowerShell know only the first line of a statement.
    private string Typed => PSObject.AsPSObject(MyInvocation).Properties["Statement"]?.Value as string is { Length: > 0 } statement ? statement : MyInvocation.Line;

    private PostgreSqlIssuer PostgreSqlIssuer()
    {
        if (TimeToLive is { } time && time < TimeSpan.FromSeconds(1))
            ThrowTerminatingError(Errors.TimeTooShort(nameof(TimeToLive), time));
        if (PasswordMask.IsNeeded(PostgreSql!) && PasswordMask.IsNeeded(Typed))
            WriteWarning("The value of -PostgreSql holds a password, which stays in the history of this session, in transcripts and in logs of script blocks. Leave it out, and specify -Credential or PGPASSFILE.");
        var options = new PostgreSqlOptions
        {
            ConnectionString = new Secret(PostgreSql!),
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
