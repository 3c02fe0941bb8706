using System.Globalization;
using System.Text.RegularExpressions;

namespace KubeInject.Annotations.Dialects;

/// <summary>A template of the Vault Agent. Recognizes the simple forms of database credentials.</summary>
/// <remarks>The language is that of consul-template: <c>{{ with secret "PATH" }}…{{ .Data.username }}…{{ end }}</c>.</remarks>
internal sealed partial class CredentialTemplate
{
    // The fields of the database secrets engine for dynamic and static roles.
    private static readonly string[] Fields =
    [
        "username", "password", "rsa_private_key", "client_certificate", "private_key", "private_key_type",
        "last_vault_rotation", "rotation_period", "rotation_schedule", "rotation_window", "ttl",
    ];

    private readonly string text;

    public CredentialTemplate(string text)
    {
        this.text = text;
        Paths = [.. SecretCall().Matches(text).Select(match => match.Groups["path"].Value.Trim('/')).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The distinct paths that the template reads, in order.</summary>
    public IReadOnlyList<string> Paths { get; }

    /// <summary>The first field in the template that database credentials do not have. Null if there is none.</summary>
    public string? UnknownField =>
        FieldOfSecret().Matches(text).Select(match => match.Groups["field"].Value).FirstOrDefault(name => !IsField(name));

    /// <summary>The parts that no annotation can represent, each with its line: data of the lease, and connection strings that are no URIs.</summary>
    public IEnumerable<string> UnsupportedParts
    {
        get
        {
            var lines = text.Split('\n');
            for (var i = 0; i < lines.Length; i++)
            {
                foreach (var name in LeaseField().Matches(lines[i]).Select(match => match.Value).Distinct(StringComparer.Ordinal))
                    yield return string.Create(CultureInfo.InvariantCulture, $"'{name}' in line {i + 1}");
                if (FormatOf(lines[i]) is { } format)
                    yield return string.Create(CultureInfo.InvariantCulture, $"{format.Name} in line {i + 1}");
            }
        }
    }

    public static bool IsField(string field) => Fields.Contains(field);

    /// <summary>Returns the database with the variables that the template exports.</summary>
    public DatabaseInjection Describe(DatabaseInjection database, out bool saysMore)
    {
        var variables = new CredentialVariables();
        foreach (Match export in Export().Matches(text))
            variables.Add(export.Groups["name"].Value, WithPlaceholders(export.Groups["value"].Value));

        // A file that contains only the URI becomes a template without a variable.
        if (variables.IsEmpty && Bare().Match(text) is { Success: true } bare)
            variables.AddUri(null, WithPlaceholders(bare.Groups["value"].Value));
        saysMore = variables.HasMore;
        return variables.In(database);
    }

    private static ConnectionFormat? FormatOf(string line)
    {
        var content = WithPlaceholders(Action().Replace(line, "")).Trim();
        return content.Contains(CredentialVariables.User, StringComparison.Ordinal) && content.Contains(CredentialVariables.Password, StringComparison.Ordinal)
            ? ConnectionFormat.Of(Assignment().Replace(content, "").Trim('"', '\''))
            : null;
    }

    // KubeInject percent-encodes credentials in a URI, so urlquery is not necessary.
    private static string WithPlaceholders(string value) =>
        CredentialField().Replace(value, match => match.Groups["field"].Value == "username" ? CredentialVariables.User : CredentialVariables.Password);

    [GeneratedRegex(@"\.(LeaseID|LeaseDuration|Renewable|RequestID)\b", RegexOptions.CultureInvariant)]
    private static partial Regex LeaseField();

    [GeneratedRegex(@"\{\{-?[ \t]*(with|end|if|else|range)\b[^{}]*\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Action();

    [GeneratedRegex(@"\A(export[ \t]+[a-zA-Z_][a-zA-Z0-9_]*=|[a-zA-Z_][-.:a-zA-Z0-9_]*[ \t]*[:=][ \t]*(?=[""']))", RegexOptions.CultureInvariant)]
    private static partial Regex Assignment();

    [GeneratedRegex(@"\bsecret\s+[""`](?<path>[^""`\r\n]+)[""`]", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex SecretCall();

    [GeneratedRegex(@"\.Data\.(?<field>[a-zA-Z_][a-zA-Z0-9_]*(\.[a-zA-Z_][a-zA-Z0-9_]*)?)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex FieldOfSecret();

    [GeneratedRegex(@"\{\{-?[ \t]*(\$[a-zA-Z0-9_]+)?\.Data\.(?<field>username|password)[ \t]*(\|[ \t]*urlquery[ \t]*)?-?\}\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex CredentialField();

    [GeneratedRegex(
        @"(^|\}\})[ \t]*export[ \t]+(?<name>[a-zA-Z_][a-zA-Z0-9_]*)=(?<quote>[""']?)(?<value>(\{\{[^{}\r\n]*\}\}|[^""'{}\s;])+)\k<quote>[ \t]*;?[ \t]*(?=\r?$|\{\{-?[ \t]*end)",
        RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Export();

    [GeneratedRegex(
        @"\A\s*\{\{[^{}\r\n]*\}\}\s*(?<value>[a-zA-Z][-+.a-zA-Z0-9]*://(\{\{[^{}\r\n]*\}\}|[^""'{}\s])+?)\s*\{\{-?[ \t]*end[ \t]*-?\}\}\s*\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Bare();
}
