namespace KubeInject.IntegrationTests.Vault;

/// <summary>A token of the fake Vault.</summary>
internal sealed record FakeVaultToken(string Id, IReadOnlyList<string> Policies, int Duration, DateTimeOffset EndsAt, string Type, int Uses)
{
    public static FakeVaultToken Root { get; } = new("root", ["root"], 0, DateTimeOffset.MaxValue, "service", 0);
}
