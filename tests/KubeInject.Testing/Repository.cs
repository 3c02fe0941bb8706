namespace KubeInject.Testing;

/// <summary>The repository of the tests.</summary>
public static class Repository
{
    /// <summary>Its root folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The path of one of its files.</summary>
    public static string File(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!System.IO.File.Exists(Path.Combine(folder.FullName, "KubeInject.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("No parent folder of the tests contains KubeInject.sln.");
        return folder.FullName;
    }
}
