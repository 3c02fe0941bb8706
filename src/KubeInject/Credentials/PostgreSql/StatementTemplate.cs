using System.Text;
using System.Text.RegularExpressions;

namespace KubeInject.Credentials.PostgreSql;

/// <summary>A statement with placeholders, whose values are escaped for their context.</summary>
internal sealed partial class StatementTemplate
{
    public const string Name = "name";
    public const string Password = "password";
    public const string Expiration = "expiration";
    public const string Role = "role";

    private static readonly string[] KnownPlaceholders = [Name, "username", Password, Expiration, Role];
    private readonly List<(string Text, string? Placeholder, PlaceholderContext Context)> parts = [];

    private StatementTemplate()
    {
    }

    /// <summary>The lexical context of a placeholder; https://www.postgresql.org/docs/current/sql-syntax-lexical.html.</summary>
    private enum PlaceholderContext
    {
        Bare,
        Identifier,
        Other, // a literal, a comment or a dollar-quoted body, whose content might be run as a statement
    }

    /// <summary>Parses a template.</summary>
    /// <exception cref="ArgumentException">The template has an unknown placeholder, or a placeholder in a context where it is not allowed.</exception>
    public static StatementTemplate Parse(string text)
    {
        var template = new StatementTemplate();
        var start = 0;
        foreach (Match token in Token().Matches(text))
        {
            var context = token.Value[0] == '"' ? PlaceholderContext.Identifier : token.Groups["placeholder"].Success ? PlaceholderContext.Bare : PlaceholderContext.Other;
            foreach (Match placeholder in Placeholder().Matches(token.Value))
            {
                var index = token.Index + placeholder.Index;
                template.Add(text[start..index], placeholder.Groups["name"].Value, context);
                start = index + placeholder.Length;
            }
        }

        template.parts.Add((text[start..], null, PlaceholderContext.Bare));
        return template;
    }

    public bool Uses(string placeholder) => parts.Exists(part => part.Placeholder == placeholder);

    /// <summary>Returns the statement with the values of its placeholders, escaped for their context.</summary>
    /// <exception cref="CredentialException">The role name is not allowed in the context of its placeholder.</exception>
    public string Fill(IReadOnlyDictionary<string, string> values)
    {
        var statement = new StringBuilder();
        foreach (var (text, placeholder, context) in parts)
        {
            statement.Append(text);
            if (placeholder is null)
                continue;
            var value = values[placeholder];
            if (placeholder == Role && context == PlaceholderContext.Other && !RoleName.IsPlain(value))
            {
                throw new CredentialException(
                    CredentialFailure.Refused,
                    "The role name has characters that are not allowed in a literal, a comment or a function body of a statement. Request another role, or write \"{{role}}\" in double quotes in the statement.");
            }

            statement.Append(context switch { PlaceholderContext.Bare => RoleName.Quote(value), PlaceholderContext.Identifier => RoleName.Escape(value), _ => value });
        }

        return statement.ToString();
    }

    private void Add(string text, string placeholder, PlaceholderContext context)
    {
        if (!KnownPlaceholders.Contains(placeholder, StringComparer.Ordinal))
            throw new ArgumentException($"A statement has the unknown placeholder {{{{{placeholder}}}}}. Use only these placeholders: {string.Join(", ", KnownPlaceholders.Select(name => $"{{{{{name}}}}}"))}.");
        if (context != PlaceholderContext.Other && placeholder is Password or Expiration)
            throw new ArgumentException($"A statement has {{{{{placeholder}}}}} outside single quotes. Write '{{{{{placeholder}}}}}'.");
        parts.Add((text, placeholder == "username" ? Name : placeholder, context));
    }

    // Quoted text is one token up to its closing quote. A doubled quote does not end it (it is matched as two adjacent
    // tokens). An identifier with escapes (U&"…") is treated as a literal.
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
