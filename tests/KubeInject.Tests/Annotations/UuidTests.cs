using KubeInject.Annotations;
using KubeInject.Kubernetes.Objects;
using static KubeInject.Tests.Annotations.TestPods;

namespace KubeInject.Tests.Annotations;

public sealed class UuidTests
{
    [Theory]
    [InlineData(InjectionState.Pending)]
    [InlineData(InjectionState.Pending, "PGUSER")]
    [InlineData(InjectionState.Injected, "PGUSER", "PGPASSWORD")]
    public void A_pod_with_a_uuid_is_injected_only_if_it_has_the_variables(InjectionState expected, params string[] variables)
    {
        var pod = With(("a.role", "r"), ("a.env-key-dbuser", "PGUSER"), ("a.env-key-dbpassword", "PGPASSWORD"), ("uuid", FirstUuid)) with
        {
            Containers = [new PodContainer("app", false, variables), new PodContainer("proxy", false, [])],
        };
        var injection = PodInjectionReader.Read(pod, InjectionOptions.Default);
        Assert.Equal(expected, injection.State);
        Assert.Equal([FirstUuid], injection.Uuids);
        Assert.Equal(expected == InjectionState.Pending, injection.Findings.Any(finding => finding.Code == FindingCode.MissingVariables));
    }

    [Fact]
    public void Variables_of_an_unknown_source_can_be_the_injected_ones()
    {
        var app = new PodContainer("app", false, []) { VariableSources = [new VariableSource("Secret", "orders", "", IsOptional: false)] };
        var pod = With(("a.role", "r"), ("uuid", FirstUuid)) with { Containers = [app] };
        Assert.Equal(InjectionState.Injected, PodInjectionReader.Read(pod, InjectionOptions.Default).State);
    }

    [Fact]
    public void Uuids_are_in_the_order_of_the_sorted_names()
    {
        var injection = Read(
            ("b.role", "r"), ("b.env-key-dbuser", "V"), ("b.env-key-dbpassword", "Q"),
            ("a-b.role", "r"), ("a-b.env-key-dbuser", "U"), ("a-b.env-key-dbpassword", "P"), ("uuid", $"{FirstUuid}, {SecondUuid}"));
        Assert.Equal(InjectionState.Injected, injection.State);
        Assert.Equal([("a-b", FirstUuid), ("b", SecondUuid)], injection.Databases.Select(database => (database.Name, database.Uuid)));
        Assert.Empty(injection.UnmatchedUuids);
        Assert.DoesNotContain(injection.Findings, finding => finding.Severity != FindingSeverity.Information);
    }

    [Theory]
    [InlineData("")]
    [InlineData(FirstUuid)]
    [InlineData(FirstUuid + "," + SecondUuid + "," + FirstUuid)]
    public void Uuids_whose_number_does_not_match_the_databases_are_not_assigned(string uuids)
    {
        var injection = Read(("a.role", "r"), ("b.role", "r"), ("uuid", uuids));
        Assert.Equal(InjectionState.Injected, injection.State);
        Assert.All(injection.Databases, database => Assert.Null(database.Uuid));
        Assert.Equal(uuids.Split(',', StringSplitOptions.RemoveEmptyEntries).Distinct(), injection.Uuids);
        Assert.Equal(FindingSeverity.Warning, injection.Only(FindingCode.UuidCountMismatch).Severity);
    }

    [Theory]
    [InlineData("../../other-cluster/0b7f8b5e-4f7e-4a53")]
    [InlineData("0b7f8b5e-4f7e-4a53-9a7d-0c1f2ad7e0012")]
    [InlineData("+b7f8b5e-4f7e-4a53-9a7d-0c1f2ad7e001")]
    [InlineData("0xf8b5e0-4f7e-4a53-9a7d-0c1f2ad7e001")]
    [InlineData("0b7f8b5e04f7e04a5309a7d00c1f2ad7e001")]
    public void An_invalid_uuid_refers_to_no_lease_record(string uuid)
    {
        var injection = Read(("a.role", "r"), ("uuid", uuid));
        Assert.Equal(InjectionState.Injected, injection.State);
        Assert.Empty(injection.Uuids);
        Assert.Equal(FindingSeverity.Warning, injection.Only(FindingCode.InvalidUuid).Severity);
        injection.HasNo(FindingCode.UuidCountMismatch);
    }

    [Fact]
    public void An_invalid_entry_keeps_its_position()
    {
        var injection = Read(("a.role", "r"), ("b.role", "r"), ("uuid", $"x,{FirstUuid}"));
        Assert.Equal([null, FirstUuid], injection.Databases.Select(database => database.Uuid));
    }

    [Fact]
    public void The_uuid_setting_of_a_database_is_read()
    {
        var injection = Read(("a.role", "r"), ("a.uuid", FirstUuid), ("b.role", "r"), ("b.uuid", SecondUuid));
        Assert.Equal(InjectionState.Injected, injection.State);
        Assert.Equal([FirstUuid, SecondUuid], injection.Databases.Select(database => database.Uuid));
        Assert.Equal(2, injection.Findings.Count(finding => finding is { Code: FindingCode.LegacyUuid, Severity: FindingSeverity.Information }));
        injection.HasNo(FindingCode.UuidCountMismatch);
    }

    [Fact]
    public void If_only_some_databases_have_a_uuid_setting_it_is_a_mismatch()
    {
        var injection = Read(("a.role", "r"), ("b.role", "r"), ("b.uuid", SecondUuid));
        Assert.Equal([null, SecondUuid], injection.Databases.Select(database => database.Uuid));
        injection.Only(FindingCode.UuidCountMismatch);
        Assert.Empty(injection.UnmatchedUuids);
    }

    [Fact]
    public void The_list_wins_over_the_uuid_setting_of_a_database_and_no_uuid_is_lost()
    {
        var injection = Read(("a.role", "r"), ("a.uuid", SecondUuid), ("uuid", FirstUuid));
        Assert.Equal(FirstUuid, injection.Databases[0].Uuid);
        Assert.Equal([FirstUuid, SecondUuid], injection.Uuids);
    }

    [Fact]
    public void A_uuid_without_a_database_is_kept() => Assert.Equal([FirstUuid], Read(("uuid", FirstUuid)).UnmatchedUuids);
}
