using System.Globalization;
using System.Text;

namespace KubeInject.Annotations.Dialects;

/// <summary>
/// The databases of another injector that can be converted to annotations of the Vault database-credential injector: dynamic
/// roles of one mount, with unique names and variables.
/// </summary>
internal sealed class DialectConversionResult
{
    // A key has at most 63 characters. This limit leaves enough characters for the longest setting.
    private const int LongestName = 40;

    private readonly List<DatabaseInjection> databases = [];
    private readonly List<DialectDatabase> from = [];
    private readonly List<string> left = [];
    private readonly HashSet<string> names;
    private readonly HashSet<string> variables;

    /// <param name="own">The existing injection of the Vault database-credential injector.</param>
    /// <param name="others">The databases of the other injector.</param>
    /// <param name="options">The label key and the default mount path.</param>
    public DialectConversionResult(PodInjection own, IReadOnlyList<DialectDatabase> others, InjectionOptions options)
    {
        names = new HashSet<string>(own.Databases.Select(database => database.Name), StringComparer.Ordinal);
        variables = new HashSet<string>(own.Databases.SelectMany(database => database.AllVariables), StringComparer.Ordinal);
        var likely = others.Where(other => !other.IsStatic && !other.IsShared);
        Mount = own.Databases.Count > 0 ? own.Databases[0].Mount
            : likely.GroupBy(other => other.Injection.Mount, StringComparer.Ordinal).MaxBy(group => group.Count())?.Key ?? options.DefaultMount;
        foreach (var other in others)
        {
            if (other.IsStatic)
                left.Add($"Database {Redaction.Key(other.Injection.Name)} has a static role, which only the other injector supports.");
            else if (other.IsShared)
                left.Add($"Database {Redaction.Key(other.Injection.Name)} shares a setting with another secret, and only the other injector supports this.");
            else if (other.Injection.Mount != Mount)
                left.Add($"Database {Redaction.Key(other.Injection.Name)} is in mount {Redaction.Key(other.Injection.Mount)}, but all databases of a pod are in one mount: {Redaction.Key(Mount)}.");
            else
                Convert(other);
        }

        HasAll = from.Count == others.Count;
    }

    /// <summary>The mount of all databases.</summary>
    public string Mount { get; }

    /// <summary>Whether all databases can be converted.</summary>
    public bool HasAll { get; }

    /// <summary>The converted databases.</summary>
    public IReadOnlyList<DatabaseInjection> Databases => databases;

    /// <summary>The databases of the other injector that were converted.</summary>
    public IReadOnlyList<DialectDatabase> From => from;

    /// <summary>What cannot be converted. One sentence for each.</summary>
    public IReadOnlyList<string> Left => left;

    private void Convert(DialectDatabase other)
    {
        from.Add(other);
        if (other.Left is { } sentence)
            left.Add(sentence);
        var database = other.Injection with { Name = NameFor(other.Injection.Name) };
        databases.Add(database.Mode == InjectionMode.Uri
            ? database with { UriVariables = VariablesFor(database, database.UriVariables, "URL") }
            : database with
            {
                UsernameVariables = VariablesFor(database, database.UsernameVariables, "USERNAME"),
                PasswordVariables = VariablesFor(database, database.PasswordVariables, "PASSWORD"),
            });
    }

    // The name in a key has no dot, and only characters that a key can have.
    private string NameFor(string name)
    {
        var text = new string([.. name.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' ? letter : '-')]).Trim('-', '_');
        if (text.Length == 0 || InjectionAnnotation.IsLeftover(InjectionAnnotation.Prefix + text))
            text = $"db-{text}".TrimEnd('-');
        if (text.Length > LongestName)
            text = text[..LongestName].TrimEnd('-', '_');
        var stem = text;
        for (var number = 2; !names.Add(text); number++)
            text = string.Create(CultureInfo.InvariantCulture, $"{stem}-{number}");
        return text;
    }

    private List<string> VariablesFor(DatabaseInjection database, IReadOnlyList<string> wanted, string suffix)
    {
        var free = new List<string>();
        foreach (var variable in wanted)
        {
            if (!VariableName.IsValid(variable))
                left.Add($"Kubernetes does not accept the name of variable {Redaction.Value(variable)} of database {Redaction.Key(database.Name)}.");
            else if (variables.Add(variable))
                free.Add(variable);
            else
                left.Add($"Variable {Redaction.Value(variable)} of database {Redaction.Key(database.Name)} is already used by another database.");
        }

        // A database always has variables. Without a name, a variable gets the name of the database, because default names can conflict.
        if (free.Count == 0)
            free.Add(Named(database.Name, suffix));
        return free;
    }

    private string Named(string name, string suffix)
    {
        var text = new StringBuilder(name.ToUpperInvariant()).Replace('-', '_').Append('_').Append(suffix).ToString();
        if (char.IsAsciiDigit(text[0]))
            text = "DB_" + text;
        while (!variables.Add(text))
            text += "_2";
        return text;
    }
}
