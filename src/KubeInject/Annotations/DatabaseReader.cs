namespace KubeInject.Annotations;

/// <summary>Reads the annotations of a database. The result contains only settings that have an effect.</summary>
/// <param name="keys">The database's annotations.</param>
/// <param name="findings">The list for new findings.</param>
internal sealed class DatabaseReader(DatabaseKeys keys, FindingList findings)
{
    private static readonly string[] Modes = ["classic", "uri"];

    public DatabaseInjection Read(string? defaultRole, string mount)
    {
        keys.ReportUnknown(findings);
        var database = new DatabaseInjection { Name = keys.Name, Mount = mount, Role = Role(defaultRole) };
        return Mode() switch
        {
            InjectionMode.Uri => WithUri(database),
            InjectionMode.Classic => WithClassic(database),
            // Without a valid mode it is unknown which settings have an effect.
            _ => database,
        };
    }

    private string? Role(string? defaultRole)
    {
        var role = keys.Text(DatabaseSetting.Role) ?? defaultRole;
        if (role is null)
            findings.Error(
                FindingCode.MissingRole,
                keys.Key(DatabaseSetting.Role),
                $"Database {Redaction.Key(keys.Name)} has no role to issue credentials from.",
                $"Add {Redaction.Key(keys.Key(DatabaseSetting.Role))}, or '{InjectionAnnotation.Role}' for all databases of the pod.");
        else if (keys.Has(DatabaseSetting.Role) && keys.Text(DatabaseSetting.Role) is null)
            findings.Refused(
                FindingCode.EmptyRole,
                keys.Key(DatabaseSetting.Role),
                $"Annotation {Redaction.Key(keys.Key(DatabaseSetting.Role))} is empty, so KubeInject uses '{InjectionAnnotation.Role}', but the in-cluster injector uses no role.",
                "Remove it, or set it to the role of the database.",
                Fixes.Remove(keys.Key(DatabaseSetting.Role)));
        if (keys.Raw(DatabaseSetting.Role) is { } own)
            ValueChecks.ReportRole(keys.Key(DatabaseSetting.Role), own, findings);
        return role;
    }

    private InjectionMode? Mode()
    {
        var text = keys.Text(DatabaseSetting.Mode);
        var isUri = string.Equals(text, "uri", StringComparison.OrdinalIgnoreCase);
        if (text is null || isUri || text.Equals("classic", StringComparison.OrdinalIgnoreCase))
        {
            ValueChecks.ReportSurroundingWhitespace(keys.Key(DatabaseSetting.Mode), keys.Raw(DatabaseSetting.Mode), findings);
            return isUri ? InjectionMode.Uri : InjectionMode.Classic;
        }

        findings.Error(
            FindingCode.UnknownMode,
            keys.Key(DatabaseSetting.Mode),
            $"Annotation {Redaction.Key(keys.Key(DatabaseSetting.Mode))} has the unknown mode {Redaction.Value(text)}.",
            "Use 'classic' for username and password in separate variables, or 'uri' for a connection URI.",
            SpellingSuggester.Certain(text, Modes) is { } mode ? Fixes.Set(keys.Key(DatabaseSetting.Mode), mode) : null);
        return null;
    }

    private DatabaseInjection WithClassic(DatabaseInjection database)
    {
        ReportUriSettings();
        return database with
        {
            UsernameVariables = Variables(DatabaseSetting.UsernameVariables)
                ?? Default(DatabaseSetting.UsernameVariables, DatabaseInjection.DefaultUsernameVariable),
            PasswordVariables = Variables(DatabaseSetting.PasswordVariables)
                ?? Default(DatabaseSetting.PasswordVariables, DatabaseInjection.DefaultPasswordVariable),
        };
    }

    private void ReportUriSettings()
    {
        if (!keys.Has(DatabaseSetting.Template) && !keys.Has(DatabaseSetting.UriVariables))
            return;
        var suggestion = keys.Text(DatabaseSetting.Mode) is not null
            ? $"Remove it, or set {Redaction.Key(keys.Key(DatabaseSetting.Mode))} to 'uri'."
            : keys.Text(DatabaseSetting.Template) is not null && keys.Text(DatabaseSetting.UriVariables) is not null
                ? $"Add {Redaction.Key(keys.Key(DatabaseSetting.Mode))} with the value 'uri', because the annotations describe a connection URI."
                : $"Add {Redaction.Key(keys.Key(DatabaseSetting.Mode))} with the value 'uri' if you want a connection URI, or remove the setting.";
        var fix = keys.LooksLikeUri && keys.Text(DatabaseSetting.Mode) is null ? Fixes.Set(keys.Key(DatabaseSetting.Mode), "uri") : null;
        ReportOtherMode(DatabaseSetting.Template, "classic", suggestion, fix);
        ReportOtherMode(DatabaseSetting.UriVariables, "classic", suggestion, fix);
    }

    private DatabaseInjection WithUri(DatabaseInjection database)
    {
        ReportClassicSettings();
        var variables = Variables(DatabaseSetting.UriVariables);
        if (variables is null)
            findings.Error(
                FindingCode.MissingUriVariable,
                keys.Key(DatabaseSetting.UriVariables),
                $"Database {Redaction.Key(keys.Name)} is in uri mode, but names no variable for the URI.",
                $"Add {Redaction.Key(keys.Key(DatabaseSetting.UriVariables))}, for example with the value 'DATABASE_URL'.");
        return database with { Mode = InjectionMode.Uri, UriVariables = variables ?? [], Template = Template() };
    }

    private void ReportClassicSettings()
    {
        if (!keys.Has(DatabaseSetting.UsernameVariables) && !keys.Has(DatabaseSetting.PasswordVariables))
            return;
        var suggestion = $"Use {Redaction.Key(keys.Key(DatabaseSetting.UriVariables))} for the URI, which contains both values, or use the mode 'classic'.";
        ReportOtherMode(DatabaseSetting.UsernameVariables, "uri", suggestion);
        ReportOtherMode(DatabaseSetting.PasswordVariables, "uri", suggestion);
    }

    // Messages must not contain the template, because it might contain a password.
    private string? Template()
    {
        var key = keys.Key(DatabaseSetting.Template);
        var template = keys.Text(DatabaseSetting.Template);
        if (template is null)
        {
            findings.Error(
                FindingCode.MissingTemplate,
                key,
                $"Database {Redaction.Key(keys.Name)} is in uri mode, but has no template.",
                $"Add {Redaction.Key(key)}, for example with the value 'postgres://db:5432/orders'.");
            return null;
        }

        TemplateChecks.Report(key, keys.Raw(DatabaseSetting.Template)!, findings);
        return template;
    }

    private string[] Default(string setting, string variable)
    {
        findings.Refused(
            FindingCode.DefaultedVariable,
            keys.Key(setting),
            $"Database {Redaction.Key(keys.Name)} gets the variable {variable} by default, but the in-cluster injector uses an empty name, which the API server refuses.",
            $"Add {Redaction.Key(keys.Key(setting))} with the value '{variable}' if that injector also injects the pod.",
            Fixes.Set(keys.Key(setting), variable));
        return [variable];
    }

    /// <summary>Returns the valid names of a list. Null if the list is empty.</summary>
    private string[]? Variables(string setting)
    {
        if (keys.Text(setting) is not { } text)
            return null;
        var key = keys.Key(setting);
        if (VariableName.IsValid(text))
        {
            ValueChecks.ReportSurroundingWhitespace(key, keys.Raw(setting), findings);
            return [text];
        }

        // A connection string is not split, because a part of its password could look like a name.
        string[] items = text.Contains("://", StringComparison.Ordinal) ? [text] : text.Split(',', StringSplitOptions.TrimEntries);
        var named = items.Where(item => item.Length > 0).ToList();
        if (SeparatedByBlanks(items) is { } names)
        {
            findings.Error(
                FindingCode.InvalidVariableName,
                key,
                $"Annotation {Redaction.Key(key)} separates variables with whitespace, which Kubernetes does not accept in a name.",
                "Separate the names with commas.",
                Fixes.Set(key, string.Join(',', names)));
            return [.. named.Where(VariableName.IsValid)];
        }

        if (named.Count < items.Length)
            findings.Refused(
                FindingCode.EmptyListItem,
                key,
                $"Annotation {Redaction.Key(key)} has an empty item in its list, which KubeInject skips, but which is an empty name for the in-cluster injector.",
                "Remove the extra comma.",
                named.Count > 0 ? Fixes.Set(key, string.Join(',', named)) : null);
        else if (named.TrueForAll(VariableName.IsValid) && keys.Raw(setting)!.Any(char.IsWhiteSpace))
            findings.Refused(
                FindingCode.SurroundingWhitespace,
                key,
                ValueChecks.SurroundingWhitespaceMessage(key),
                "Remove the whitespace.",
                Fixes.Set(key, string.Join(',', named)));
        foreach (var name in named.Where(name => !VariableName.IsValid(name)))
            findings.Error(
                FindingCode.InvalidVariableName,
                key,
                $"Annotation {Redaction.Key(key)} names the variable {Redaction.Value(name)}, but Kubernetes does not accept that name.",
                $"Use {VariableName.Rule}.");
        return named.Count == 0 ? null : [.. named.Where(VariableName.IsValid)];
    }

    /// <summary>Returns the names if whitespace separates some of them and all are valid. Null otherwise.</summary>
    private static string[]? SeparatedByBlanks(string[] items)
    {
        if (!items.Any(item => item.Any(char.IsWhiteSpace)))
            return null;
        string[] names = [.. items.SelectMany(item => item.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))];
        return names.All(VariableName.IsValid) ? names : null;
    }

    private void ReportOtherMode(string setting, string mode, string suggestion, Fix? fix = null)
    {
        if (keys.Text(setting) is not null)
            findings.Warning(
                FindingCode.SettingOfOtherMode,
                keys.Key(setting),
                $"Annotation {Redaction.Key(keys.Key(setting))} has no effect in {mode} mode.",
                suggestion,
                fix);
    }
}
