using System.Text;
using System.Text.RegularExpressions;

namespace KubeInject.Credentials.PostgreSql;

/// <summary>A statement with placeholders, each of which knows what it stands in.</summary>
internal sealed partial class StatementTemplate
{
    public const string Name = "name";
    public const string Password = "password";
    public const string Expiration = "expiration";
    public const string Role = "role";

    private static readonly string[] Known = [Name, "username", Password, Expiration, Role];
    private readonly List<(string Text, string? Placeholder, Place Place)> parts = [];

    private StatementTemplate()
    {
    }

    /// <summary>What a placeholder stands in; https://www.postgresql.org/docs/current/sql-syntax-lexical.html.</summary>
    private enum Place
    {
        Bare,
        Identifier,
        Other, // a literal, a comment, a body between dollars: whatever reads these may read what is in them as a statement again
    }

    /// <summary>Reads a template.</summary>
    /// <exception cref="ArgumentException">It has a placeholder that nobody knows, or one where it cannot stand.</exception>
    public static StatementTemplate Parse(string text)
    {
        var template = new StatementTemplate();
        var start = 0;
        foreach (Match token in Token().Matches(text))
        {
            var place = token.Value[0] == '"' ? Place.Identifier : token.Groups["placeholder"].Success ? Place.Bare : Place.Other;
            foreach (Match placeholder in Placeholder().Matches(token.Value))
            {
                var index = token.Index + placeholder.Index;
                template.Add(text[start..index], placeholder.Groups["name"].Value, place);
                start = index + placeholder.Length;
            }
        }

        template.parts.Add((text[start..], null, Place.Bare));
        return template;
    }

    public bool Uses(string placeholder) => parts.Exists(part => part.Placeholder == placeholder);

    /// <summary>The statement with values in it, which stay what they are: an identifier an identifier, text text.</summary>
    /// <exception cref="CredentialException">The role cannot stand where the template has it.</exception>
    public string Fill(IReadOnlyDictionary<string, string> values)
    {
        var statement = new StringBuilder();
        foreach (var (text, placeholder, place) in parts)
        {
            statement.Append(text);
            if (placeholder is null)
                continue;
            var value = values[placeholder];
            if (placeholder == Role && place == Place.Other && !RoleName.IsPlain(value))
            {
                throw new CredentialException(
                    CredentialFailure.Refused,
                    "The role name has characters that are not allowed in a literal, a comment or a function body of a statement. Request another role, or write \"{{role}}\" in double quotes in the statement.");
            }

            statement.Append(place switch { Place.Bare => RoleName.Quote(value), Place.Identifier => RoleName.Escape(value), _ => value });
        }

        return statement.ToString();
    }

    private void Add(string text, string placeholder, Place place)
    {
        if (!Known.Contains(placeholder, StringComparer.Ordinal))
            throw new ArgumentException($"A statement has the unknown placeholder {{{{{placeholder}}}}}. Use only these placeholders: {string.Join(", ", Known.Select(name => $"{{{{{name}}}}}"))}.");
        if (place != Place.Other && placeholder is Password or Expiration)
            throw new ArgumentException($"A statement has {{{{{placeholder}}}}} outside single quotes. Write '{{{{{placeholder}}}}}'.");
        parts.Add((text, placeholder == "username" ? Name : placeholder, place));
    }

    // What is between quotes of one kind is theirs alone, up to where they end; a doubled quote does not end them (it is
    // two tokens that touch). An identifier with escapes (U&"…") counts as a literal.
    [GeneratedRegex(
        """
        (?<placeholder>\{\{[^{}]*\}\})
        | [uU]&"[^"]*" | "[^"]*("|\z)
        | (?<![A-Za-z0-9_$\u0080-\uffff])[eE]'(\\.|''|[^'\\])*('|\z) | '[^']*('|\z)
        | --[^\r\n]* | /\*(?:(?<open>/\*)|(?<-open>\*/)|(?!/\*|\*/).)*(?(open)(?!))(\*/|\z)
        | (?<![A-Za-z0-9_$\u0080-\uffff])(?<tag>\$([A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$).*?(\k<tag>|\z)
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.Singleline)]
    private static partial Regex Token();

    [GeneratedRegex(@"\{\{(?<name>[^{}]*)\}\}")]
    private static partial Regex Placeholder();
}
