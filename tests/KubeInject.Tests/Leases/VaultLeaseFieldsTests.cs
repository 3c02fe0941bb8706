using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using KubeInject.Credentials;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;
using KubeInject.Testing;

namespace KubeInject.Tests.Leases;

/// <summary>A record is read from Vault as it was written, whatever its content, and a record of another injector is understood.</summary>
public sealed class VaultLeaseFieldsTests
{
    private static readonly Gen<string?> Text = Gen.Elements("", "a", "orders-rw", "é\u2028\U0001F600", "a/b", "\"{}", " x ").Select(text => text.Length == 0 ? null : text);

    private static readonly Gen<DateTimeOffset?> Time = Gen.Choose(0, int.MaxValue).Select(seconds => seconds % 5 == 0 ? (DateTimeOffset?)null : DateTimeOffset.UnixEpoch.AddSeconds(seconds).AddTicks(seconds));

    private static readonly Gen<LeaseRecord> Records =
        from texts in Text.ListOf(9)
        from times in Time.ListOf(3)
        from flags in Gen.Elements(true, false).ListOf(2)
        from kind in Gen.Elements("Pod", "Deployment", "CronJob")
        from secret in Gen.Elements<ObjectReference?>(null, new ObjectReference("Secret", "shop", "orders-db"), new ObjectReference("Secret", null, "orders-db"))
        from others in Gen.Elements("Team", "leaseid", "X").Zip(Text.Select(text => text ?? "")).ListOf(2)
        select new LeaseRecord
        {
            Uuid = Guid.NewGuid(),
            Source = texts[0] ?? "vault",
            Database = texts[1] ?? "",
            Role = texts[2] ?? "",
            Mount = texts[3] ?? "",
            Owner = new ObjectReference(kind, texts[4], texts[5] ?? ""),
            ServiceAccountName = texts[5] ?? "",
            NodeName = texts[6],
            Username = texts[7],
            LeaseId = texts[8],
            Token = texts[6] is { } token ? new SensitiveString(token) : null,
            IsComplete = flags[0],
            IsRenewable = flags[1],
            RecordedAt = times[0],
            RenewedAt = times[1],
            ExpiresAt = times[2],
            Secret = secret,
            OtherFields = others.DistinctBy(field => field.Item1).ToDictionary(field => field.Item1, field => field.Item2),
        };

    [Fact]
    public void A_record_is_read_as_it_was_written() => Prop.ForAll(Records.ToArbitrary(), record =>
    {
        var json = JsonSerializer.SerializeToElement(VaultLeaseFields.Write(record));

        var read = VaultLeaseFields.Read(record.Uuid, json, null);

        Assert.Equal(record.Token?.Reveal(), read.Token?.Reveal());
        Assert.Equal(record.OtherFields.OrderBy(field => field.Key), read.OtherFields.OrderBy(field => field.Key));
        Assert.Equal(record, read with { Token = record.Token, OtherFields = record.OtherFields });
        Assert.Subset(json.EnumerateObject().Select(field => field.Name).ToHashSet(), new HashSet<string> { "LeaseId", "TokenId", "Namespace", "ServiceAccountName", "PodName", "NodeName" });
    }).CheckSeeded();

    [Fact]
    public void A_record_of_another_injector_is_complete_and_renewable_and_has_the_age_of_its_entry()
    {
        var created = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        var fields = JsonSerializer.Deserialize<JsonElement>("""
            {"LeaseId":"databases/creds/a/x","TokenId":"s.x","Namespace":"shop","ServiceAccountName":"orders","PodName":"orders-1","NodeName":"node-1","New":"kept","Odd":{"a":[1]}}
            """);

        var record = VaultLeaseFields.Read(Guid.NewGuid(), fields, created);

        Assert.Equal((true, true, created, "vault", ""), (record.IsComplete, record.IsRenewable, record.RecordedAt, record.Source, record.Role));
        Assert.Equal((new ObjectReference("Pod", "shop", "orders-1"), "node-1", "s.x"), (record.Owner, record.NodeName, record.Token!.Reveal()));
        Assert.Equal(("kept", """{"a":[1]}"""), (record.OtherFields["New"], record.OtherFields["Odd"]));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"LeaseId":null,"TokenId":5,"PodName":[],"IsComplete":"perhaps","RecordedAt":"yesterday","Secret":""}""")]
    public void Missing_or_unexpected_fields_are_ignored(string json)
    {
        var record = VaultLeaseFields.Read(Guid.NewGuid(), JsonSerializer.Deserialize<JsonElement>(json), null);
        Assert.Equal((null, null, "", null, null, true), (record.LeaseId, record.Token, record.Owner.Name, record.RecordedAt, record.Secret, record.IsComplete));
    }
}
