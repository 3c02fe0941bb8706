namespace KubeInject.IntegrationTests.Vault;

/// <summary>The available Vaults: the fake, and a real one if <c>KUBEINJECT_TEST_VAULT</c> is set or <c>vault</c> or <c>bao</c> is on the PATH.</summary>
public static class VaultKinds
{
    /// <summary>The program of the real Vault; null if there is none.</summary>
    public static string? Program { get; } = Find();

    public static IReadOnlyList<VaultKind> Present { get; } = Program is null ? [VaultKind.FakeVault] : [VaultKind.FakeVault, VaultKind.Real];

    public static TheoryData<VaultKind> All => [.. Present];

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("KUBEINJECT_TEST_VAULT") is { Length: > 0 } named)
            return named;
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return folders.SelectMany(folder => new[] { Path.Combine(folder, "vault"), Path.Combine(folder, "bao") }).FirstOrDefault(File.Exists);
    }
}
