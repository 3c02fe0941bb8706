namespace KubeInject.Injector;

/// <summary>Writes messages to standard error, one per line, in color if the output is a terminal and NO_COLOR is not set.</summary>
internal static class Messages
{
    // Without DisplayWriter, which would escape the colors.
    private static readonly TextWriter Output = Console.Error;

    // https://no-color.org
    private static readonly bool UsesColor =
        !Console.IsErrorRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>Escapes all other output of the console from now on.</summary>
    public static void Initialize() => DisplayWriter.ProtectConsole();

    public static void Error(string message) => Write("error", "31", message);

    public static void Warning(string message) => Write("warning", "33", message);

    public static void Note(string message) => Write("note", "36", message);

    private static void Write(string kind, string color, string message) =>
        Output.WriteLine(UsesColor ? $"\e[{color}m{kind}:\e[0m {DisplayText.Escape(message)}" : $"{kind}: {DisplayText.Escape(message)}");
}
