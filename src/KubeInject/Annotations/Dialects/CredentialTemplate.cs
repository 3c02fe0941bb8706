using System.Text.RegularExpressions;

namespace KubeInject.Annotations.Dialects;

/// <summary>What a template of the Vault Agent makes of secrets, as far as it is plain to see.</summary>
/// <remarks>The language is that of consul-template: <c>{{ with secret "PATH" }}…{{ .Data.username }}…{{ end }}</c>.</remarks>
internal sealed partial class CredentialTemplate
{
    // Those of the database secrets engine: of a dynamic role, and of a static one.
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

    /// <summary>The paths that it reads, each once, in the order of the text.</summary>
    public IReadOnlyList<string> Paths { get; }

    /// <summary>A field that is read of the secrets and that no database credentials have; null where there is none.</summary>
    public string? UnknownField =>
        FieldOfSecret().Matches(text).Select(match => match.Groups["field"].Value).FirstOrDefault(name => !IsField(name));

    public static bool IsField(string field) => Fields.Contains(field);

    /// <summary>Gives a database the variables that the template exports; those that cannot be said are counted.</summary>
    public DatabaseInjection Describe(DatabaseInjection database, out bool saysMore)
    {
        var variables = new CredentialVariables();
        foreach (Match export in Export().Matches(text))
            variables.Add(export.Groups["name"].Value, WithPlaceholders(export.Groups["value"].Value));

        // A file that holds nothing but the URI: a template of ours, for no variable.
        if (variables.IsEmpty && Bare().Match(text) is { Success: true } bare)
            variables.AddUri(null, WithPlaceholders(bare.Groups["value"].Value));
        saysMore = variables.HasMore;
        return variables.In(database);
    }

    // Our engine percent-encodes what it puts into a URI, so that urlquery has nothing left to do.
    private static string WithPlaceholders(string value) =>
        Place().Replace(value, match => match.Groups["field"].Value == "username" ? CredentialVariables.User : CredentialVariables.Password);

    [GeneratedRegex(@"\bsecret\s+[""`](?<path>[^""`\r\n]+)[""`]", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex SecretCall();

    [GeneratedRegex(@"\.Data\.(?<field>[a-zA-Z_][a-zA-Z0-9_]*(\.[a-zA-Z_][a-zA-Z0-9_]*)?)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex FieldOfSecret();

    [GeneratedRegex(@"\{\{-?[ \t]*(\$[a-zA-Z0-9_]+)?\.Data\.(?<field>username|password)[ \t]*(\|[ \t]*urlquery[ \t]*)?-?\}\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Place();

    [GeneratedRegex(
        @"(^|\}\})[ \t]*export[ \t]+(?<name>[a-zA-Z_][a-zA-Z0-9_]*)=(?<quote>[""']?)(?<value>(\{\{[^{}\r\n]*\}\}|[^""'{}\s;])+)\k<quote>[ \t]*;?[ \t]*(?=\r?$|\{\{-?[ \t]*end)",
        RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Export();

    [GeneratedRegex(
        @"\A\s*\{\{[^{}\r\n]*\}\}\s*(?<value>[a-zA-Z][-+.a-zA-Z0-9]*://(\{\{[^{}\r\n]*\}\}|[^""'{}\s])+?)\s*\{\{-?[ \t]*end[ \t]*-?\}\}\s*\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Bare();
}
