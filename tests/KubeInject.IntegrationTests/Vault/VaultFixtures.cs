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
        var world = await worlds.GetOrAdd(kind, _ => new Lazy<Task<VaultFixture>>(() => VaultFixture.StartAsync(kind))).Value;
        await world.ResetAsync();
        return world;
    }

    public void Dispose()
    {
        foreach (var world in worlds.Values.Where(world => world.Value.IsCompletedSuccessfully))
            world.Value.Result.Dispose();
    }
}
