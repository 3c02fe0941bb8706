using KubeInject.Injection;
using KubeInject.IntegrationTests.Vault;

namespace KubeInject.IntegrationTests.Controller;

/// <summary>The controller with Vault as its source, as a separate process.</summary>
[Collection(nameof(VaultFixtures))]
public sealed class VaultSourceTests(VaultFixtures worlds) : ControllerTest, IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<VaultKind> Vaults => VaultKinds.All;

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task A_pod_has_credentials_of_Vault_until_it_is_deleted(VaultKind kind)
    {
        var fixture = await worlds.OfAsync(kind);
        using var program = await StartAsync(fixture);
        var pod = await CreatePodAsync("orders", null, "orders", "billing");

        var credential = await UntilIssuedAsync(pod);
        Assert.True(await TestDatabase.CanLogInAsync(credential));
        Assert.Equal(2, await CountLoginRolesAsync());
        await UntilAsync(() => Task.FromResult(fixture.Proxy.Count("sys/leases/renew") >= 4), "the leases were not renewed twice");
        Assert.Equal(2, await CountLoginRolesAsync());

        await DeleteAsync(pod);
        await UntilAsync(async () => await CountLoginRolesAsync() == 0, "a login role exists");
        Assert.Equal(0, await program.TerminateAsync());
        Assert.Empty(await fixture.Vault.LeasesAsync(Role));
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task A_pod_that_is_created_while_Vault_is_sealed_gets_its_credentials_afterwards(VaultKind kind)
    {
        var fixture = await worlds.OfAsync(kind);
        using var program = await StartAsync(fixture);
        fixture.Proxy.Rule = _ => VaultProxy.Fault.Error(503, "Vault is sealed");

        var pod = await CreatePodAsync("orders");
        await UntilEventAsync(pod, PodEventReason.Delayed);
        Assert.Equal(0, await CountLoginRolesAsync());
        fixture.Proxy.Reset();

        Assert.True(await TestDatabase.CanLogInAsync(await UntilIssuedAsync(pod)));
        Assert.Equal(1, await CountLoginRolesAsync());
        Assert.DoesNotContain((await fixture.SecretIdAsync()).Reveal(), program.Log, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private async Task<ServeProcess> StartAsync(VaultFixture fixture)
    {
        await fixture.CreateRoleAsync(Role, "default", Namespace, group: Role, timeToLive: "8s");
        var secretId = folder.Write("secret-id", (await fixture.SecretIdAsync()).Reveal());
        var program = StartProgram(
            "--source", "vault", "--vault-address", $"{fixture.Proxy.Address}", "--vault-role-id", await fixture.RoleIdAsync(), "--vault-secret-id-file", secretId);
        await UntilAsync(() => Task.FromResult(program.IsLeading), "the program does not lead");
        return program;
    }
}
