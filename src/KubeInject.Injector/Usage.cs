namespace KubeInject.Injector;

/// <summary>Reports an invalid command line or invalid settings.</summary>
internal static class Usage
{
    /// <summary>Writes the error in one line, with a reference to the help.</summary>
    /// <returns><see cref="ExitCode.WrongUsage"/>.</returns>
    public static int Fail(string problem)
    {
        Messages.Error($"{problem.ReplaceLineEndings(" ")} See 'kubeinject --help'.");
        return ExitCode.WrongUsage;
    }
}
