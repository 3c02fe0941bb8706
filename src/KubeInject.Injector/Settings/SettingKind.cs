namespace KubeInject.Injector.Settings;

/// <summary>The type of a setting's value.</summary>
internal enum SettingKind
{
    /// <summary>A string.</summary>
    Text,

    /// <summary>The path of a file or folder. In a settings file, it is relative to that file.</summary>
    Path,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>A duration: <c>90s</c>, <c>15m</c>, <c>1h30m</c>.</summary>
    Duration,

    /// <summary>A positive integer.</summary>
    Number,

    /// <summary>A list of strings: a repeated option, or a variable with one item per line.</summary>
    List,

    /// <summary>A secret. It cannot be an option, because every user of the machine can read command lines; its file can.</summary>
    Secret,
}
