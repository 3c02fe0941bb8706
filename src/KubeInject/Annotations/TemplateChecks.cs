using System.Globalization;

namespace KubeInject.Annotations;

/// <summary>Checks a template. Messages contain only its scheme and port, because it might contain a password.</summary>
internal static class TemplateChecks
{
    // The schemes and the default ports of each kind of database.
    private static readonly (string Name, string[] Schemes, int[] Ports)[] Kinds =
    [
        ("PostgreSQL", ["postgres", "postgresql", "pgsql", "pg"], [5432]),
        ("MySQL", ["mysql", "mysqlx", "mariadb"], [3306, 33060]),
        ("MongoDB", ["mongodb"], [27017]),
        ("Redis", ["redis", "rediss", "valkey"], [6379]),
        ("SQL Server", ["sqlserver", "mssql"], [1433]),
        ("Oracle", ["oracle"], [1521]),
        ("AMQP", ["amqp", "amqps"], [5672, 5671]),
        ("Cassandra", ["cassandra"], [9042]),
    ];

    /// <summary>Checks a template.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The unchanged value.</param>
    /// <param name="findings">The list for new findings.</param>
    public static void Report(string key, string value, FindingList findings)
    {
        var template = value.Trim();
        var format = ConnectionFormat.Of(template);
        if (!ConnectionUri.IsValid(template) || format?.IsLikeUri == true)
        {
            if (format is not null)
                findings.Error(FindingCode.InvalidTemplate, key, $"Annotation {Redaction.Key(key)} is {format.Name}, but not a URI that credentials can be added to.", format.Advice);
            else if (ConnectionUri.IsSchemeAlone(template))
                findings.Error(
                    FindingCode.InvalidTemplate,
                    key,
                    $"Annotation {Redaction.Key(key)} has no host after the scheme.",
                    "Add the host and the port, for example 'postgres://db:5432/orders'.");
            else
                findings.Error(
                    FindingCode.InvalidTemplate,
                    key,
                    $"Annotation {Redaction.Key(key)} is not a URI that credentials can be added to.",
                    "Write it as scheme://host:port/path, for example 'postgres://db:5432/orders', and percent-encode characters that a URI does not allow.");
            return;
        }

        // Placeholders outside of the userinfo have an effect. In the userinfo, they have the same effect as no userinfo.
        var bare = ConnectionUri.WithoutUserInfo(template);
        var fix = ConnectionUri.HasPlaceholders(bare) ? null : Fixes.Set(key, bare);
        var isBareAccepted = GoUrl.CanParse(bare);
        var isUserInfoRefused = isBareAccepted && !GoUrl.CanParse(template);
        if (ConnectionUri.HasPlaceholders(template))
            findings.Add(
                FindingSeverity.Warning,
                FindingCode.PlaceholderTemplate,
                key,
                $"Annotation {Redaction.Key(key)} has placeholders, which the in-cluster injector {(isUserInfoRefused ? "refuses" : "does not replace")}.",
                fix is null
                    ? "Use a template without placeholders, as in 'postgres://db:5432/orders', if that injector also injects the pod."
                    : "Remove the userinfo from the template, as in 'postgres://db:5432/orders', if that injector also injects the pod.",
                fix,
                isRefusedByInjector: isUserInfoRefused);
        if (ConnectionUri.HasCustomUserInfo(template))
            findings.Add(
                FindingSeverity.Warning,
                FindingCode.ReplacedUserInfo,
                key,
                $"Annotation {Redaction.Key(key)} contains a userinfo, which the issued credentials replace.",
                "Remove the userinfo from the template.",
                Fixes.Set(key, bare),
                isRefusedByInjector: isUserInfoRefused);
        if (!isBareAccepted)
            findings.Refused(
                FindingCode.TemplateNotParsed,
                key,
                $"Annotation {Redaction.Key(key)} is a URI that KubeInject accepts, but that the in-cluster injector cannot parse.",
                "Write the host as a name and the port as a number, as in 'postgres://db:5432/orders', if that injector also injects the pod.");
        if (value.Length > template.Length)
            findings.Add(
                FindingSeverity.Warning,
                FindingCode.SurroundingWhitespace,
                key,
                ValueChecks.SurroundingWhitespaceMessage(key),
                "Remove the whitespace.",
                Fixes.Set(key, template),
                isRefusedByInjector: !GoUrl.CanParse(value));
        ReportHosts(key, template, findings);
    }

    private static void ReportHosts(string key, string template, FindingList findings)
    {
        var hosts = ConnectionHost.In(template).ToList();
        if (hosts is [{ Name: "" }] && !template.Contains("host=", StringComparison.OrdinalIgnoreCase))
            findings.Warning(
                FindingCode.TemplateWithoutHost,
                key,
                $"Annotation {Redaction.Key(key)} names no host, so a client looks for the database in its own container.",
                "Add the host before the port and the path, for example 'postgres://db:5432/orders'.");

        var scheme = template[..template.IndexOf(':', StringComparison.Ordinal)].Split('+')[0].ToLowerInvariant();
        var kind = Array.Find(Kinds, kind => kind.Schemes.Contains(scheme));
        if (kind.Name is null)
            return;
        foreach (var port in hosts.Select(host => host.Port).Distinct())
        {
            if (Array.Find(Kinds, other => other.Ports.Contains(port ?? 0)) is { Name: { } name } && name != kind.Name)
                findings.Warning(
                    FindingCode.PortSchemeMismatch,
                    key,
                    string.Create(CultureInfo.InvariantCulture, $"Annotation {Redaction.Key(key)} has the scheme '{scheme}', but port {port} belongs to {name}."),
                    "Correct the port or the scheme.");
        }
    }
}
