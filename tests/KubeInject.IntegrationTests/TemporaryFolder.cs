namespace KubeInject.IntegrationTests;

/// <summary>A folder that is deleted after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("kubeinject-test-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, string content)
    {
        var path = File(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, content);
        return path;
    }

    /// <summary>Writes a script that runs the tested program, for shells that find it by its name.</summary>
    public void WriteProgram(string name)
    {
        var words = TestedProgram.ArgumentsFor().Prepend(TestedProgram.File).Select(word => $"'{word}'");
        System.IO.File.SetUnixFileMode(Write(name, $"#!/bin/sh\nexec {string.Join(' ', words)} \"$@\"\n"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
