namespace KubeInject.IntegrationTests.Vault;

/// <summary>The Vaults that there are here: the stand-in, and a real one where <c>KUBEINJECT_TEST_VAULT</c> or the PATH names a <c>vault</c> or <c>bao</c>.</summary>
public static class VaultKinds
{
    /// <summary>The program of the real one; null where there is none.</summary>
    public static string? Program { get; } = Find();

    public static IReadOnlyList<VaultKind> Present { get; } = Program is null ? [VaultKind.StandIn] : [VaultKind.StandIn, VaultKind.Real];

    public static TheoryData<VaultKind> All => [.. Present];

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("KUBEINJECT_TEST_VAULT") is { Length: > 0 } named)
            return named;
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return folders.SelectMany(folder => new[] { Path.Combine(folder, "vault"), Path.Combine(folder, "bao") }).FirstOrDefault(File.Exists);
    }
}
