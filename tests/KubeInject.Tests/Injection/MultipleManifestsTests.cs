using KubeInject.Injection;
using KubeInject.Manifests;

namespace KubeInject.Tests.Injection;

/// <summary>Several manifests, of which some are planned while others are injected.</summary>
public sealed class MultipleManifestsTests
{
    [Fact]
    public async Task Plans_are_returned_in_the_order_of_the_manifests()
    {
        var manifests = Enumerable.Range(0, 50).Select(i => ManifestSource.FromText(i % 7 == 3 ? "a: [" : Pod($"app-{i}"))).ToList();

        var plans = new List<ManifestPlan>();
        await foreach (var plan in new InjectionFixture().Injector.PlanAllAsync(manifests, CancellationToken.None))
            plans.Add(plan);

        Assert.Equal(manifests, plans.Select(plan => plan.Source));
        Assert.All(plans.Index(), plan => Assert.Equal(plan.Index % 7 == 3, plan.Item.Result.Error is not null));
        Assert.All(plans.Index().Where(plan => plan.Index % 7 != 3), plan => Assert.Equal($"app-{plan.Index}", Assert.Single(plan.Item.Result.Pods).Object.Name));
    }

    [Fact]
    public async Task A_file_that_changed_after_planning_is_planned_again()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, Pod("app"));
            var fixture = new InjectionFixture();
            var manifests = new[] { ManifestSource.FromPath(file)[0], ManifestSource.FromPath(file)[0] };

            var results = new List<ManifestResult>();
            await foreach (var plan in fixture.Injector.PlanAllAsync(manifests, CancellationToken.None))
                results.Add(await fixture.Injector.InjectAsync(plan, ManifestOutput.InPlace(), CancellationToken.None));

            Assert.Equal([InjectionStatus.Injected, InjectionStatus.AlreadyInjected], results.Select(result => Assert.Single(result.Pods).Status));
            Assert.Single(fixture.Issuer.Issued);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Injecting_a_plan_twice_issues_different_credentials()
    {
        var fixture = new InjectionFixture();
        var plan = await fixture.Injector.PlanAsync(ManifestSource.FromText(Pod("app")), CancellationToken.None);
        var output = ManifestOutput.ToStream((_, _) => Task.CompletedTask);

        await fixture.Injector.InjectAsync(plan, output, CancellationToken.None);
        await fixture.Injector.InjectAsync(plan, output, CancellationToken.None);

        Assert.Equal(2, fixture.Leases.Records.Count);
    }

    [Fact]
    public async Task Plans_that_are_not_awaited_are_canceled()
    {
        var manifests = Enumerable.Range(0, 50).Select(i => ManifestSource.FromText(Pod($"app-{i}")));

        await foreach (var plan in new InjectionFixture().Injector.PlanAllAsync(manifests, CancellationToken.None))
        {
            Assert.Equal("app-0", Assert.Single(plan.Result.Pods).Object.Name);
            break;
        }
    }

    private static string Pod(string name) => $"""
        apiVersion: v1
        kind: Pod
        metadata:
          name: {name}
          labels:
            vault-db-injector: "true"
          annotations:
            db-creds-injector.numberly.io/orders.role: orders-rw
            db-creds-injector.numberly.io/orders.env-key-dbuser: PGUSER
            db-creds-injector.numberly.io/orders.env-key-dbpassword: PGPASSWORD
        spec:
          containers:
            - name: app
              image: registry.example/app:1.0

        """;
}
