using KubeInject.Credentials;
using KubeInject.Injection;
using KubeInject.Leases;
using KubeInject.Manifests;
using KubeInject.Testing;

namespace KubeInject.Tests.Injection;

/// <summary>Runs an injection in memory.</summary>
internal sealed class InjectionFixture
{
    public InjectionFixture(Func<LeaseRecord, Credential>? issue = null, DeliveryOptions? delivery = null)
    {
        Issuer = new RecordingIssuer(issue);
        Injector = new ManifestInjector(new CredentialSource(Issuer, Leases), delivery: delivery);
    }

    public RecordingIssuer Issuer { get; }

    public MemoryLeaseStore Leases { get; } = new();

    public ManifestInjector Injector { get; }

    /// <summary>The resulting text, with the generated UUIDs replaced by their position: UUID-0, UUID-1, …</summary>
    public async Task<(string Text, ManifestResult Result)> RunAsync(string text)
    {
        var written = "";
        var result = await Injector.InjectAsync(
            ManifestSource.FromText(text),
            ManifestOutput.ToStream((content, _) =>
            {
                written = content;
                return Task.CompletedTask;
            }),
            CancellationToken.None);
        for (var i = 0; i < Issuer.Issued.Count; i++)
            written = written.Replace(Issuer.Issued[i].Uuid.ToString(), $"UUID-{i}", StringComparison.Ordinal);
        return (written, result);
    }
}
