namespace KubeInject.Injector;

/// <summary>What the program's exit code says.</summary>
internal static class ExitCode
{
    /// <summary>Everything asked for was done.</summary>
    public const int Done = 0;

    /// <summary>There are findings, or documents failed; the others were done.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong; nothing was done.</summary>
    public const int WrongUsage = 2;

    /// <summary>Stopped by Ctrl+C or a termination signal; what was not handed out by then was revoked.</summary>
    public const int Stopped = 130;
}
