namespace KubeInject.Injector;

/// <summary>Tells that a command line is wrong.</summary>
internal static class Usage
{
    /// <summary>Writes the error, in one line, and where to look.</summary>
    /// <returns>The exit code.</returns>
    public static int Fail(string problem)
    {
        Messages.Error($"{problem.ReplaceLineEndings(" ")} See 'kubeinject --help'.");
        return ExitCode.WrongUsage;
    }
}
