namespace KubeInject.Injector;

/// <summary>The exit codes of the program.</summary>
internal static class ExitCode
{
    /// <summary>The command succeeded.</summary>
    public const int Done = 0;

    /// <summary>There are findings, or documents failed; the other documents were processed.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the settings are invalid; nothing was done.</summary>
    public const int WrongUsage = 2;

    /// <summary>Stopped by Ctrl+C or a termination signal; credentials that were not delivered were revoked.</summary>
    public const int Stopped = 130;
}
