namespace KubeInject.Injector.Settings;

/// <summary>The value of a setting and where it is specified.</summary>
/// <param name="Texts">One string, or any number of strings for a list.</param>
/// <param name="Location">An option, an environment variable, or a file with line and key.</param>
internal sealed record SettingValue(IReadOnlyList<string> Texts, string Location)
{
    /// <summary>The base folder of a relative path; null for the current directory.</summary>
    public string? Folder { get; init; }

    /// <summary>Returns only the location, because the value can be a secret.</summary>
    /// <returns>The location.</returns>
    public override string ToString() => Location;
}
