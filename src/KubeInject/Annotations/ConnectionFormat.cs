using System.Text.RegularExpressions;

namespace KubeInject.Annotations;

/// <summary>A format of connection strings other than URIs with a userinfo, and what to do instead.</summary>
/// <param name="Name">The name of the format, with its article.</param>
/// <param name="Advice">What to do. One sentence.</param>
internal sealed partial record ConnectionFormat(string Name, string Advice)
{
    private static readonly (Func<Regex> Pattern, ConnectionFormat Format)[] Formats =
    [
        (Jdbc, new("a JDBC URL", "Use the mode 'classic' with variables for user name and password, such as SPRING_DATASOURCE_USERNAME and SPRING_DATASOURCE_PASSWORD, and keep the JDBC URL without credentials in the settings of the application.")),
        (GoDsn, new("a DSN of the Go driver for MySQL", ByReference("'$(DBUSER):$(DBPASSWORD)@tcp(db:3306)/orders'"))),
        (Prisma, new("a connection string of Prisma or JDBC for SQL Server, which has the credentials after semicolons", ByReference("'sqlserver://db:1433;database=orders;user=$(DBUSER);password=$(DBPASSWORD)'")) { IsLikeUri = true }),
        (Tns, new("a connect descriptor of Oracle", "Use the mode 'classic' with variables for user name and password, and keep the descriptor in the settings of the application.")),
        (AdoNet, new("an ADO.NET connection string", ByReference("'Server=db;Database=orders;User Id=$(DBUSER);Password=$(DBPASSWORD)'"))),
        (Libpq, new("a connection string of libpq with keywords", "Write it as a URI, for example 'postgres://db:5432/orders?sslmode=require', or use the mode 'classic' with the variables PGUSER and PGPASSWORD.")),
        (ShellVariable, new("a template with ${…}, which the kubelet does not replace", "Write $(DB_HOST) instead of ${DB_HOST}, and declare the variable in the container before the URI.")),
        (EzConnect, new("an EZConnect string of Oracle", "Use the mode 'classic' with variables for user name and password, and keep the EZConnect string in the settings of the application, or write a URI such as 'oracle://db:1521/orders' if the driver accepts it.")),
    ];

    /// <summary>Whether a string in this format can also look like a URI.</summary>
    public bool IsLikeUri { get; private init; }

    /// <summary>Returns the format of a template. Null if it is a URI or unknown.</summary>
    public static ConnectionFormat? Of(string template) => Array.Find(Formats, format => format.Pattern().IsMatch(template)).Format;

    private static string ByReference(string example) =>
        $"Use the mode 'classic', and declare a variable in the container that refers to the injected variables: {example}.";

    [GeneratedRegex(@"\Ajdbc:", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Jdbc();

    [GeneratedRegex(@"\A(?:[^/]*@)?(?:tcp6?|unix|cloudsql)\([^()]*\)/", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex GoDsn();

    [GeneratedRegex(@"\A(?:sqlserver|mssql)://[^/?#;]*;", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Prisma();

    [GeneratedRegex(@"\(\s*DESCRIPTION\s*=", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Tns();

    [GeneratedRegex(
        @"\A\s*(?:(?:Server|Data Source|DataSource|Address|Addr|Network Address|Initial Catalog|Database|Driver|Provider|User Id|Uid)\s*=|[a-z ]+=[^;]*;\s*[a-z ]+=)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AdoNet();

    [GeneratedRegex(@"\A\s*(?:host|hostaddr|port|dbname|user|password|service|sslmode|connect_timeout|application_name|target_session_attrs)\s*=", RegexOptions.CultureInvariant)]
    private static partial Regex Libpq();

    [GeneratedRegex(@"\$\{[^{}]*\}", RegexOptions.CultureInvariant)]
    private static partial Regex ShellVariable();

    [GeneratedRegex(@"\A(?:[^@:]*/[^@]*@|[^@/]*@)?(?://[-.\w]+|[-.\w]+:(?:152[0-9]|2484))(?::[0-9]+)?/", RegexOptions.CultureInvariant)]
    private static partial Regex EzConnect();
}
