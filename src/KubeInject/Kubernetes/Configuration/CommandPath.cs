namespace KubeInject.Kubernetes.Configuration;

/// <summary>Finds the executable file for a command.</summary>
/// <remarks>.NET searches the folder of this program and the current folder first, where other users may have put programs.</remarks>
internal static class CommandPath
{
    public static string? Find(string command, KubeEnvironment environment)
    {
        if (Path.IsPathRooted(command))
            return Variants(command, environment).FirstOrDefault(IsProgram);
        var folders = (environment.Variable("PATH") ?? "").Split(Path.PathSeparator).Where(Path.IsPathRooted);
        return folders.SelectMany(folder => Variants(Path.Combine(folder, command), environment)).FirstOrDefault(IsProgram);
    }

    private static IEnumerable<string> Variants(string path, KubeEnvironment environment) => OperatingSystem.IsWindows() && Path.GetExtension(path).Length == 0
        ? (environment.Variable("PATHEXT") ?? ".COM;.EXE;.BAT;.CMD").Split(';').Select(extension => path + extension)
        : [path];

    private static bool IsProgram(string path)
    {
        const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & Executable) != 0);
    }
}
