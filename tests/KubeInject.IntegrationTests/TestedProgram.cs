using KubeInject.Testing;

namespace KubeInject.IntegrationTests;

/// <summary>The program that the tests run: the file in the variable KUBEINJECT_TEST_PROGRAM, or what the build has created.</summary>
internal static class TestedProgram
{
    private static readonly string[] Parts = Environment.GetEnvironmentVariable("KUBEINJECT_TEST_PROGRAM") is { Length: > 0 } path
        ? [Path.GetFullPath(path, Repository.Root)]
        : ["dotnet", Path.Combine(AppContext.BaseDirectory, "KubeInject.Injector.dll")];

    /// <summary>The file to run.</summary>
    public static string File => Parts[0];

    /// <summary>The arguments of the file.</summary>
    /// <param name="arguments">The arguments of the program.</param>
    public static string[] ArgumentsFor(params IEnumerable<string> arguments) => [.. Parts[1..], .. arguments];
}
