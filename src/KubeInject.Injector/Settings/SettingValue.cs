namespace KubeInject.Injector.Settings;

/// <summary>What was set, and where.</summary>
/// <param name="Texts">The texts: one, or of a list any number.</param>
/// <param name="Place">Where: an option, a variable, or file and line.</param>
internal sealed record SettingValue(IReadOnlyList<string> Texts, string Place)
{
    /// <summary>What a path in it is relative to; null for the process's folder.</summary>
    public string? Folder { get; init; }

    /// <summary>Keeps a secret out of whatever prints this.</summary>
    /// <returns>The place alone.</returns>
    public override string ToString() => Place;
}
