using System.Collections.Concurrent;

namespace KubeInject.IntegrationTests.Vault;

/// <summary>One Vault of each kind for all tests of a collection, which run one at a time.</summary>
[CollectionDefinition(nameof(VaultFixtures))]
public sealed class VaultFixtures : IDisposable, ICollectionFixture<VaultFixtures>
{
    private readonly ConcurrentDictionary<VaultKind, Lazy<Task<VaultFixture>>> worlds = new();

    /// <summary>The fixture of a kind in its initial state.</summary>
    public async Task<VaultFixture> OfAsync(VaultKind kind)
    {
        var fixture = await worlds.GetOrAdd(kind, _ => new Lazy<Task<VaultFixture>>(() => VaultFixture.StartAsync(kind))).Value;
        await fixture.ResetAsync();
        return fixture;
    }

    public void Dispose()
    {
        foreach (var fixture in worlds.Values.Where(fixture => fixture.Value.IsCompletedSuccessfully))
            fixture.Value.Result.Dispose();
    }
}
