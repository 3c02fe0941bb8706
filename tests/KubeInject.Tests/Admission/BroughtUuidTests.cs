using System.Text.Json.Nodes;
using KubeInject.Admission;
using KubeInject.Annotations;
using KubeInject.Injection;
using static KubeInject.Tests.Admission.AdmissionFixture;

namespace KubeInject.Tests.Admission;

/// <summary>A pod never keeps UUIDs that it brings with references to their Secret. Pods that were injected in another way stay as they are.</summary>
public sealed class BroughtUuidTests
{
    private static readonly Guid Brought = Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e");

    private static readonly string BroughtSecret = PodSecret.NameOf(Brought);

    [Fact]
    public void A_second_admission_changes_only_the_UUIDs()
    {
        var fixture = new AdmissionFixture();
        var pod = Pod(("orders.role", "rw"), ("stock.role", "ro"), ("stock.env-key-dbuser", "A"), ("stock.env-key-dbpassword", "B"));
        pod["spec"]!["containers"] = new JsonArray(Container("app", Variable("URL", "$(B)"), Variable("A", "old")), Container("second"));
        var first = fixture.Admit(pod);

        var second = fixture.Admit(first.Pod);

        Assert.Equal($"{Uuid(3)},{Uuid(4)}", second.Uuids);
        Assert.Equal(
            first.Pod.ToJsonString().Replace($"{Uuid(1)}", $"{Uuid(3)}", StringComparison.Ordinal).Replace($"{Uuid(2)}", $"{Uuid(4)}", StringComparison.Ordinal),
            second.Pod.ToJsonString());
        Assert.Empty(second.Warnings);
    }

    [Fact]
    public void A_container_that_another_webhook_adds_gets_the_variables_of_the_new_Secret()
    {
        var fixture = new AdmissionFixture();
        var pod = fixture.Admit(Pod(("orders.role", "rw"))).Pod;
        pod["spec"]!["containers"]!.AsArray().Add(Container("sidecar", Variable("X", "$(DBUSER)")));
        var name = PodSecret.NameOf(Uuid(2));

        var answer = fixture.Admit(pod);

        Assert.Equal([$"DBUSER={name}/orders.username", $"DBPASSWORD={name}/orders.password"], answer.Variables("app"));
        Assert.Equal([$"DBUSER={name}/orders.username", "X=$(DBUSER)", $"DBPASSWORD={name}/orders.password"], answer.Variables("sidecar"));
    }

    [Fact]
    public void The_UUID_of_another_pod_and_every_reference_to_its_Secret_are_replaced()
    {
        var pod = Pod(("orders.role", "rw"), ("uuid", $" {Brought.ToString().ToUpperInvariant()} , {Guid.NewGuid()}"));
        pod["spec"]!["initContainers"] = new JsonArray(Container("migrate", FromSecret("COPY", BroughtSecret, "orders.password"), FromSecret("OTHER", "other", "key")));
        pod["spec"]!["containers"] = new JsonArray(Container("app", FromSecret("DBUSER", BroughtSecret, "orders.username")), Container("second"));

        var answer = new AdmissionFixture().Admit(pod);

        var name = PodSecret.NameOf(Uuid(1));
        Assert.Equal($"{Uuid(1)}", answer.Uuids);
        Assert.DoesNotContain(Brought.ToString(), answer.Pod.ToJsonString(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal([$"COPY={name}/orders.password", "OTHER=other/key", $"DBUSER={name}/orders.username", $"DBPASSWORD={name}/orders.password"], answer.Variables("migrate"));
        Assert.Equal([$"DBUSER={name}/orders.username", $"DBPASSWORD={name}/orders.password"], answer.Variables("app"));
        Assert.Equal([$"DBUSER={name}/orders.username", $"DBPASSWORD={name}/orders.password"], answer.Variables("second"));
    }

    [Fact]
    public void A_pod_that_was_injected_before_it_was_created_is_unchanged()
    {
        var pod = Pod(("orders.role", "rw"), ("uuid", $"{Brought}"));
        pod["spec"]!["containers"] = new JsonArray(Container("app", Variable("DBUSER", "u"), FromSecret("DBPASSWORD", "orders-db-0123456789", "orders.password")), Container("sidecar"));

        var answer = new AdmissionFixture().Admit(pod);

        Assert.Equal((AdmissionResult.Unchanged, true, null), (answer.Result, answer.IsAllowed, answer.Patch));
    }

    [Theory]
    [InlineData("uuid")]
    [InlineData("orders.uuid")]
    public void A_UUID_without_all_variables_is_replaced(string key)
    {
        var pod = Pod(("orders.role", "rw"), (key, $"{Brought}"));
        pod["spec"]!["containers"] = new JsonArray(Container("app", Variable("DBUSER", "u")), Container("second", Variable("DBPASSWORD", "p")));

        var answer = new AdmissionFixture().Admit(pod);

        Assert.Equal($"{Uuid(1)}", answer.Uuids);
        Assert.DoesNotContain($"{Brought}", answer.Pod.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(2, answer.Variables("app").Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("../../other")]
    [InlineData(",")]
    public void A_UUID_annotation_without_a_UUID_is_replaced(string uuid) =>
        Assert.Equal($"{Uuid(1)}", new AdmissionFixture().Admit(Pod(("orders.role", "rw"), ("uuid", uuid))).Uuids);

    [Theory]
    [InlineData("uuid", "revoke-ttl")]
    [InlineData("uuid", "cluster")]
    public void A_pod_that_refers_to_the_Secret_of_another_pod_and_requests_no_database_is_refused(params string[] keys)
    {
        var pod = Pod([.. keys.Select(key => (key, $"{Brought}"))]);
        pod["spec"]!["containers"] = new JsonArray(Container("app", FromSecret("PASSWORD", BroughtSecret, "orders.password")));

        var answer = new AdmissionFixture().Admit(pod);

        Assert.Equal(AdmissionResult.Refused, answer.Result);
        Assert.StartsWith($"Annotation '{InjectionAnnotation.Uuid}' and variables of the pod refer to the Secret '{BroughtSecret}' of another pod", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pod_with_placeholders_of_the_NRI_mode_is_unchanged()
    {
        var pod = Pod(("orders.role", "rw"));
        pod["spec"]!["containers"] = new JsonArray(Container("app", Variable("DBUSER", "__VDBI_PH_0123__")));

        Assert.Equal(AdmissionResult.Unchanged, new AdmissionFixture().Admit(pod).Result);
        pod["metadata"]!["annotations"]![InjectionAnnotation.Uuid] = $"{Brought}";
        pod["spec"]!["containers"]!.AsArray().Add(Container("second", FromSecret("DBPASSWORD", BroughtSecret, "orders.password")));
        Assert.Equal(AdmissionResult.Refused, new AdmissionFixture().Admit(pod).Result);
    }

    [Fact]
    public void The_UUID_that_the_variables_refer_to_is_the_same_for_a_manifest_and_a_pod_of_the_cluster()
    {
        var pod = new AdmissionFixture().Admit(Pod(("orders.role", "rw"), ("stock.role", "ro"), ("stock.env-key-dbuser", "A"), ("stock.env-key-dbpassword", "B"))).Pod;

        Assert.Equal(Uuid(1), PodSecret.UuidOf(KubeInject.Kubernetes.Objects.Pod.Parse(pod.ToJsonString()).ToTemplate()));
        pod["metadata"]!["annotations"]![InjectionAnnotation.Uuid] = $"{Uuid(2)},{Uuid(1)}";
        Assert.Null(PodSecret.UuidOf(KubeInject.Kubernetes.Objects.Pod.Parse(pod.ToJsonString()).ToTemplate()));
    }
}
