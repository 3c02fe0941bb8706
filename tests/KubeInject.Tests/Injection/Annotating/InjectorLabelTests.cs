using KubeInject.Annotations;
using KubeInject.Injection.Annotating;
using static KubeInject.Tests.Injection.AnnotatingFixture;

namespace KubeInject.Tests.Injection;

/// <summary>A pod of another installed injector keeps its label, so that only one injector acts on it.</summary>
public sealed class InjectorLabelTests
{
    private const string Pod = """
        kind: Pod
        metadata:
          name: orders
          labels:
            app: orders
            vault-db-injector-dev: "true"
          annotations:
            db-creds-injector.numberly.io/orders.role: rw
        spec:
          containers:
            - name: app

        """;

    private static readonly InjectionOptions Options = new() { OtherLabelKeys = ["vault-db-injector-dev"] };
    private static readonly AnnotationSetting Setting = new(new DatabaseAnnotations { Database = "orders", Role = "ro" });

    [Fact]
    public void Set_does_not_add_a_second_label() => Assert.DoesNotContain("vault-db-injector:", Run(Pod, Setting, Options).Text, StringComparison.Ordinal);

    [Fact]
    public void Set_adds_the_specified_label() =>
        Assert.Contains("vault-db-injector: \"true\"", Run(Pod, Setting, Options with { LabelKey = "vault-db-injector" }).Text, StringComparison.Ordinal);

    [Fact]
    public void Repair_does_not_add_a_second_label() => Assert.DoesNotContain("vault-db-injector:", Run(Pod, new AnnotationRepair(), Options).Text, StringComparison.Ordinal);

    [Fact]
    public void Repair_adds_the_label_of_the_settings() => Assert.Contains(
        "inject-a: \"true\"", Run(Pod, new AnnotationRepair(), new InjectionOptions { LabelKey = "inject-a" }).Text, StringComparison.Ordinal);

    [Fact]
    public void Removal_removes_the_label_of_the_injector_that_acts() =>
        Assert.DoesNotContain("vault-db-injector", Run(Pod, new AnnotationRemoval(), Options).Text, StringComparison.Ordinal);
}
