using KubeInject.Injection;
using KubeInject.Kubernetes.Objects;
using KubeInject.Manifests;
using KubeInject.Testing;

namespace KubeInject.IntegrationTests.Workloads;

/// <summary>Manifests whose credentials are created in Secrets of the cluster first.</summary>
public sealed class ManifestDeliveryTests
{
    private const string Manifest = """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: orders
        spec:
          selector:
            matchLabels: {app: orders}
          template:
            metadata:
              labels: {app: orders}
              annotations:
                db-creds-injector.numberly.io/orders.role: orders-rw
            spec:
              containers:
                - name: app
                  image: app:1

        """;

    [Fact]
    public async Task The_Secret_is_in_the_cluster_before_the_manifest_is_returned_and_never_in_the_file()
    {
        using var bench = await TestWorkspace.CreateAsync();
        var secretsWhenGivenOut = 0;
        var written = "";

        var result = await Injector(bench).InjectAsync(
            ManifestSource.FromText(Manifest),
            ManifestOutput.ToStream(async (text, _) =>
            {
                written = text;
                secretsWhenGivenOut = (await bench.SecretsAsync()).Count;
            }),
            CancellationToken.None);

        Assert.Equal(InjectionStatus.Injected, Assert.Single(result.Pods).Status);
        Assert.Equal(1, secretsWhenGivenOut);
        Assert.DoesNotContain("password-orders", written, StringComparison.Ordinal);
        Assert.DoesNotContain("kind: Secret", written, StringComparison.Ordinal);
        var secret = Assert.Single(await bench.SecretsAsync());
        Assert.Contains($"name: {secret.Name}", written, StringComparison.Ordinal);
        Assert.Equal(bench.Namespace, Assert.Single(bench.Leases.Records).Value.Owner.Namespace);
        using var folder = new TemporaryFolder();
        await Command.KubectlAsync("apply", "-n", bench.Namespace, "-f", folder.Write("a.yaml", written));
    }

    [Fact]
    public async Task The_existing_workload_owns_the_Secret()
    {
        using var bench = await TestWorkspace.CreateAsync();
        var workload = await bench.CreateAsync("Deployment");

        await InjectAsync(bench);

        var secret = await bench.Objects.GetAsync(KubeResource.Secrets, Assert.Single(await bench.SecretsAsync()).Name);
        var owner = Assert.Single(secret.ToElement().GetProperty("metadata").GetProperty("ownerReferences").EnumerateArray());
        Assert.Equal((string?)(await bench.ReadAsync(workload))["metadata"]!["uid"], owner.GetProperty("uid").GetString());
    }

    [Fact]
    public async Task If_the_manifest_cannot_be_written_neither_credential_nor_Secret_remains()
    {
        using var bench = await TestWorkspace.CreateAsync();

        var result = await Injector(bench).InjectAsync(
            ManifestSource.FromText(Manifest), ManifestOutput.ToStream((_, _) => throw new IOException("The pipe is broken.")), CancellationToken.None);

        Assert.Equal("The pipe is broken.", result.Error);
        Assert.Single(bench.Issuer.Issued);
        await WorkloadInjectorTests.AssertNothingIsLeftAsync(bench);
    }

    [Fact]
    public async Task If_the_Secret_cannot_be_created_no_manifest_is_returned()
    {
        using var bench = await TestWorkspace.CreateAsync();
        using var webhook = await AdmissionWebhook.StartAsync(bench, "secrets", request => !AdmissionWebhook.IsInEarnest(request));

        var (text, result) = await InjectAsync(bench);

        Assert.Empty(text);
        Assert.Contains("cannot be created for the credentials", Assert.Single(result.Pods).Error, StringComparison.Ordinal);
        Assert.Single(bench.Issuer.Issued);
        await WorkloadInjectorTests.AssertNothingIsLeftAsync(bench);
    }

    [Fact]
    public async Task If_the_namespace_of_the_Secret_is_missing_nothing_is_issued()
    {
        using var bench = await TestWorkspace.CreateAsync();

        var (text, result) = await InjectAsync(bench, Manifest.Replace("name: orders\nspec", "name: orders\n  namespace: none\nspec", StringComparison.Ordinal));

        Assert.Empty(text);
        Assert.StartsWith("<input>:1:1: none/deployment/orders: none/secret/orders-db-", Assert.Single(result.Pods).Error, StringComparison.Ordinal);
        Assert.Empty(bench.Issuer.Issued);
    }

    [Fact]
    public async Task A_plan_creates_no_Secret()
    {
        using var bench = await TestWorkspace.CreateAsync();

        var plan = await Injector(bench).PlanAsync(ManifestSource.FromText(Manifest), CancellationToken.None);

        Assert.Equal(InjectionStatus.Planned, Assert.Single(plan.Result.Pods).Status);
        Assert.Empty(bench.Issuer.Issued);
        await WorkloadInjectorTests.AssertNothingIsLeftAsync(bench);
    }

    [Theory]
    [InlineData("a.yaml")]
    [InlineData("a.json")]
    public async Task A_Secret_before_the_manifest_is_applied_with_it(string file)
    {
        using var bench = await TestWorkspace.CreateAsync();
        using var folder = new TemporaryFolder();
        var manifest = file == "a.yaml" ? Manifest : await Command.KubectlAsync("create", "-n", bench.Namespace, "--dry-run=client", "-o", "json", "-f", folder.Write("b.yaml", Manifest));

        var (text, _) = await InjectAsync(bench, manifest, asManifest: true);
        Assert.Empty(await bench.SecretsAsync());
        await Command.KubectlAsync("apply", "-n", bench.Namespace, "-f", folder.Write(file, text));

        var secret = Assert.Single(await bench.SecretsAsync());
        Assert.Equal("password-orders", secret.Values["orders.password"].Reveal());
        var template = await bench.TemplateAsync(new ObjectReference("Deployment", bench.Namespace, "orders"));
        Assert.Equal([$"DBUSER={secret.Name}:orders.username", $"DBPASSWORD={secret.Name}:orders.password"], TestWorkspace.Variables(template));
        await bench.Source.WithCluster(bench.Objects).RevokeAsync(Assert.Single(bench.Leases.Records).Value, CancellationToken.None);
        Assert.Empty(await bench.SecretsAsync());
    }

    private static ManifestInjector Injector(TestWorkspace bench, bool asManifest = false) =>
        new(bench.Source.WithCluster(bench.Objects), delivery: new DeliveryOptions { Delivery = CredentialDelivery.Secret, SecretAsManifest = asManifest });

    private static async Task<(string Text, ManifestResult Result)> InjectAsync(TestWorkspace bench, string manifest = Manifest, bool asManifest = false)
    {
        var written = "";
        var result = await Injector(bench, asManifest).InjectAsync(
            ManifestSource.FromText(manifest),
            ManifestOutput.ToStream((text, _) =>
            {
                written = text;
                return Task.CompletedTask;
            }),
            CancellationToken.None);
        return (written, result);
    }
}
