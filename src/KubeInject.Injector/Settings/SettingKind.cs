namespace KubeInject.Injector.Settings;

/// <summary>What a setting holds.</summary>
internal enum SettingKind
{
    /// <summary>A text.</summary>
    Text,

    /// <summary>The path of a file or folder; in a settings file relative to that file.</summary>
    Path,

    /// <summary>Yes or no.</summary>
    Flag,

    /// <summary>A time: <c>90s</c>, <c>15m</c>, <c>1h30m</c>.</summary>
    Duration,

    /// <summary>A whole number from 1.</summary>
    Number,

    /// <summary>Several texts: an option may stand several times; a variable has one a line.</summary>
    List,

    /// <summary>A secret: never an option, for everybody on the machine can read command lines. Its file may be one.</summary>
    Secret,
}
