namespace KubeInject.Annotations.Dialects;

/// <summary>Collects the variables of a database's credentials, and converts them to a <see cref="DatabaseInjection"/>.</summary>
internal sealed class CredentialVariables
{
    /// <summary>The placeholder of the username in a value.</summary>
    public const string User = "{{user}}";

    /// <summary>The placeholder of the password in a value.</summary>
    public const string Password = "{{password}}";

    private readonly List<string> usernames = [];
    private readonly List<string> passwords = [];
    private readonly List<string> uris = [];
    private string? template;
    private bool hasMore;

    public bool IsEmpty => usernames.Count + passwords.Count == 0 && template is null && !hasMore;

    /// <summary>Whether a <see cref="DatabaseInjection"/> cannot represent all values, because they have several forms or an unknown form.</summary>
    public bool HasMore => hasMore || (template is not null && usernames.Count + passwords.Count > 0);

    /// <summary>Adds a variable with its value, which contains the placeholders.</summary>
    public void Add(string variable, string value)
    {
        if (value == User)
            AddOnce(usernames, variable);
        else if (value == Password)
            AddOnce(passwords, variable);
        else
            AddUri(variable, value);
    }

    /// <summary>Adds a connection URI. The variable is null if no variable gets the URI.</summary>
    public void AddUri(string? variable, string value)
    {
        var uri = value.Replace($"://{User}:{Password}@", "://", StringComparison.Ordinal);
        var rest = uri.Replace(User, "", StringComparison.Ordinal).Replace(Password, "", StringComparison.Ordinal);
        var isWhole = value.Contains(User, StringComparison.Ordinal) && value.Contains(Password, StringComparison.Ordinal);
        if (!isWhole || rest.Contains("{{", StringComparison.Ordinal) || !ConnectionUri.IsValid(uri) || (template is not null && template != uri))
        {
            hasMore = true;
            return;
        }

        template = uri;
        if (variable is not null)
            AddOnce(uris, variable);
    }

    /// <summary>Returns the database with the variables. Omits the values that <see cref="HasMore"/> reports.</summary>
    public DatabaseInjection In(DatabaseInjection database) => usernames.Count + passwords.Count == 0 && template is not null
        ? database with { Mode = InjectionMode.Uri, UriVariables = uris, Template = template }
        : database with { UsernameVariables = usernames, PasswordVariables = passwords };

    private static void AddOnce(List<string> variables, string variable)
    {
        if (!variables.Contains(variable))
            variables.Add(variable);
    }
}
