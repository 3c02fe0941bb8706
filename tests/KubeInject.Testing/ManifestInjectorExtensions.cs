using KubeInject.Injection;
using KubeInject.Manifests;

namespace KubeInject.Testing;

internal static class ManifestInjectorExtensions
{
    /// <summary>Plans and injects a manifest.</summary>
    public static async Task<ManifestResult> InjectAsync(this ManifestInjector injector, ManifestSource manifest, ManifestOutput output, CancellationToken cancellationToken) =>
        await injector.InjectAsync(await injector.PlanAsync(manifest, cancellationToken), output, cancellationToken);
}
