namespace KubeInject.Annotations.Dialects;

/// <summary>Collects what containers get of one database's credentials, and says it in the terms of a <see cref="DatabaseInjection"/>.</summary>
internal sealed class CredentialVariables
{
    /// <summary>The place of the username in a value.</summary>
    public const string User = "{{user}}";

    /// <summary>The place of the password in a value.</summary>
    public const string Password = "{{password}}";

    private readonly List<string> usernames = [];
    private readonly List<string> passwords = [];
    private readonly List<string> uris = [];
    private string? template;
    private bool hasMore;

    public bool IsEmpty => usernames.Count + passwords.Count == 0 && template is null && !hasMore;

    /// <summary>Whether there is a value that a <see cref="DatabaseInjection"/> cannot say: a second form beside the first, or none of its forms.</summary>
    public bool HasMore => hasMore || (template is not null && usernames.Count + passwords.Count > 0);

    /// <summary>Adds a variable by its value with the places of username and password in it.</summary>
    public void Add(string variable, string value)
    {
        if (value == User)
            AddOnce(usernames, variable);
        else if (value == Password)
            AddOnce(passwords, variable);
        else
            AddUri(variable, value);
    }

    /// <summary>Adds a connection URI; the variable is null where it goes to none.</summary>
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

    /// <summary>The database with the variables; what <see cref="HasMore"/> tells of is left out.</summary>
    public DatabaseInjection In(DatabaseInjection database) => usernames.Count + passwords.Count == 0 && template is not null
        ? database with { Mode = InjectionMode.Uri, UriVariables = uris, Template = template }
        : database with { UsernameVariables = usernames, PasswordVariables = passwords };

    private static void AddOnce(List<string> variables, string variable)
    {
        if (!variables.Contains(variable))
            variables.Add(variable);
    }
}
