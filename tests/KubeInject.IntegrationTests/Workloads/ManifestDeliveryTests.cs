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
        using var workspace = await TestWorkspace.CreateAsync();
        var secretsWhenGivenOut = 0;
        var written = "";

        var result = await Injector(workspace).InjectAsync(
            ManifestSource.FromText(Manifest),
            ManifestOutput.ToStream(async (text, _) =>
            {
                written = text;
                secretsWhenGivenOut = (await workspace.SecretsAsync()).Count;
            }),
            CancellationToken.None);

        Assert.Equal(InjectionStatus.Injected, Assert.Single(result.Pods).Status);
        Assert.Equal(1, secretsWhenGivenOut);
        Assert.DoesNotContain("password-orders", written, StringComparison.Ordinal);
        Assert.DoesNotContain("kind: Secret", written, StringComparison.Ordinal);
        var secret = Assert.Single(await workspace.SecretsAsync());
        Assert.Contains($"name: {secret.Name}", written, StringComparison.Ordinal);
        Assert.Equal(workspace.Namespace, Assert.Single(workspace.Leases.Records).Value.Owner.Namespace);
        using var folder = new TemporaryFolder();
        await Command.KubectlAsync("apply", "-n", workspace.Namespace, "-f", folder.Write("a.yaml", written));
    }

    [Fact]
    public async Task The_existing_workload_owns_the_Secret()
    {
        using var workspace = await TestWorkspace.CreateAsync();
        var workload = await workspace.CreateAsync("Deployment");

        await InjectAsync(workspace);

        var secret = await workspace.Objects.GetAsync(KubeResource.Secrets, Assert.Single(await workspace.SecretsAsync()).Name);
        var owner = Assert.Single(secret.ToElement().GetProperty("metadata").GetProperty("ownerReferences").EnumerateArray());
        Assert.Equal((string?)(await workspace.ReadAsync(workload))["metadata"]!["uid"], owner.GetProperty("uid").GetString());
    }

    [Fact]
    public async Task If_the_manifest_cannot_be_written_neither_credential_nor_Secret_remains()
    {
        using var workspace = await TestWorkspace.CreateAsync();

        var result = await Injector(workspace).InjectAsync(
            ManifestSource.FromText(Manifest), ManifestOutput.ToStream((_, _) => throw new IOException("The pipe is broken.")), CancellationToken.None);

        Assert.Equal("The pipe is broken.", result.Error);
        Assert.Single(workspace.Issuer.Issued);
        await WorkloadInjectorTests.AssertNothingIsLeftAsync(workspace);
    }

    [Fact]
    public async Task If_the_Secret_cannot_be_created_no_manifest_is_returned()
    {
        using var workspace = await TestWorkspace.CreateAsync();
        using var webhook = await AdmissionWebhook.StartAsync(workspace, "secrets", request => !AdmissionWebhook.IsInEarnest(request));

        var (text, result) = await InjectAsync(workspace);

        Assert.Empty(text);
        Assert.Contains("cannot be created for the credentials", Assert.Single(result.Pods).Error, StringComparison.Ordinal);
        Assert.Single(workspace.Issuer.Issued);
        await WorkloadInjectorTests.AssertNothingIsLeftAsync(workspace);
    }

    [Fact]
    public async Task If_the_namespace_of_the_Secret_is_missing_nothing_is_issued()
    {
        using var workspace = await TestWorkspace.CreateAsync();

        var (text, result) = await InjectAsync(workspace, Manifest.Replace("name: orders\nspec", "name: orders\n  namespace: none\nspec", StringComparison.Ordinal));

        Assert.Empty(text);
        Assert.StartsWith("<input>:1:1: none/deployment/orders: none/secret/orders-db-", Assert.Single(result.Pods).Error, StringComparison.Ordinal);
        Assert.Empty(workspace.Issuer.Issued);
    }

    [Fact]
    public async Task A_plan_creates_no_Secret()
    {
        using var workspace = await TestWorkspace.CreateAsync();

        var plan = await Injector(workspace).PlanAsync(ManifestSource.FromText(Manifest), CancellationToken.None);

        Assert.Equal(InjectionStatus.Planned, Assert.Single(plan.Result.Pods).Status);
        Assert.Empty(workspace.Issuer.Issued);
        await WorkloadInjectorTests.AssertNothingIsLeftAsync(workspace);
    }

    [Theory]
    [InlineData("a.yaml")]
    [InlineData("a.json")]
    public async Task A_Secret_before_the_manifest_is_applied_with_it(string file)
    {
        using var workspace = await TestWorkspace.CreateAsync();
        using var folder = new TemporaryFolder();
        var manifest = file == "a.yaml" ? Manifest : await Command.KubectlAsync("create", "-n", workspace.Namespace, "--dry-run=client", "-o", "json", "-f", folder.Write("b.yaml", Manifest));

        var (text, _) = await InjectAsync(workspace, manifest, asManifest: true);
        Assert.Empty(await workspace.SecretsAsync());
        await Command.KubectlAsync("apply", "-n", workspace.Namespace, "-f", folder.Write(file, text));

        var secret = Assert.Single(await workspace.SecretsAsync());
        Assert.Equal("password-orders", secret.Values["orders.password"].Reveal());
        var template = await workspace.TemplateAsync(new ObjectReference("Deployment", workspace.Namespace, "orders"));
        Assert.Equal([$"DBUSER={secret.Name}:orders.username", $"DBPASSWORD={secret.Name}:orders.password"], TestWorkspace.Variables(template));
        await workspace.Source.WithCluster(workspace.Objects).RevokeAsync(Assert.Single(workspace.Leases.Records).Value, CancellationToken.None);
        Assert.Empty(await workspace.SecretsAsync());
    }

    private static ManifestInjector Injector(TestWorkspace workspace, bool asManifest = false) =>
        new(workspace.Source.WithCluster(workspace.Objects), delivery: new DeliveryOptions { Delivery = CredentialDelivery.Secret, SecretAsManifest = asManifest });

    private static async Task<(string Text, ManifestResult Result)> InjectAsync(TestWorkspace workspace, string manifest = Manifest, bool asManifest = false)
    {
        var written = "";
        var result = await Injector(workspace, asManifest).InjectAsync(
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
