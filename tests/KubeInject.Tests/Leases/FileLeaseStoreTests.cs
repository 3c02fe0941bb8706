using KubeInject.Credentials;
using KubeInject.Files;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;
using KubeInject.Tests.Kubernetes;

namespace KubeInject.Tests.Leases;

public sealed class FileLeaseStoreTests : IDisposable
{
    private readonly TestFolder folder = new();

    [Fact]
    public async Task Clusters_that_share_a_folder_see_their_own_records_and_those_without_a_cluster()
    {
        var (one, two, none) = (new FileLeaseStore(folder.Path, "https://one"), new FileLeaseStore(folder.Path, "https://two"), new FileLeaseStore(folder.Path));
        var (ofOne, ofTwo, ofNone) = (Record(), Record(), Record());
        await one.WriteAsync(ofOne, CancellationToken.None);
        await two.WriteAsync(ofTwo, CancellationToken.None);
        await none.WriteAsync(ofNone, CancellationToken.None);

        Assert.Equal(Uuids(ofOne, ofNone), Uuids([.. await one.ListAsync(CancellationToken.None)]));
        Assert.Equal(Uuids(ofTwo, ofNone), Uuids([.. await two.ListAsync(CancellationToken.None)]));
        Assert.Equal(Uuids(ofOne, ofTwo, ofNone), Uuids([.. await none.ListAsync(CancellationToken.None)]));
        Assert.Null(await one.FindAsync(ofTwo.Uuid, CancellationToken.None));
        Assert.Equal(ofOne.Username, (await one.FindAsync(ofOne.Uuid, CancellationToken.None))?.Username);
    }

    [Fact]
    public async Task A_record_can_be_read_while_its_replacement_completes()
    {
        var store = new FileLeaseStore(folder.Path);
        var record = Record();
        await store.WriteAsync(record, CancellationToken.None);
        var file = Assert.Single(Directory.GetFiles(folder.Path));
        using var replacement = FileReplacement.Prepare(file, keepsAll: false);
        await replacement.WriteAsync(await File.ReadAllBytesAsync(file), CancellationToken.None);
        replacement.Complete();

        var list = await store.ListAsync(CancellationToken.None);

        Assert.Empty(list.Unreadable);
        Assert.Equal(record.Uuid, Assert.Single(list).Uuid);
    }

    [Fact]
    public async Task A_record_contains_its_cluster()
    {
        var record = Record();

        await new FileLeaseStore(folder.Path, "https://one").WriteAsync(record, CancellationToken.None);

        Assert.Contains("\"Cluster\": \"https://one\"", await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(folder.Path))), StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Damaged => new()
    {
        { "empty", "" },
        { "null", "null" },
        { "a list", "[]" },
        { "no field", "{}" },
        { "truncated", "{\"Uuid\":" },
        { "another type", Valid.Replace("\"test\"", "5", StringComparison.Ordinal) },
        { "no owner", Valid.Replace("{\"Kind\":\"Pod\",\"Namespace\":\"shop\",\"Name\":\"orders\"}", "null", StringComparison.Ordinal) },
        { "no source", Valid.Replace("\"test\"", "null", StringComparison.Ordinal) },
        { "an invalid time", Valid.Replace("{\"Uuid\"", "{\"ExpiresAt\":\"soon\",\"Uuid\"", StringComparison.Ordinal) },
        { "a newer version", Valid.Replace("{\"Uuid\"", "{\"Version\":2,\"Uuid\"", StringComparison.Ordinal) },
        { "an invalid version", Valid.Replace("{\"Uuid\"", "{\"Version\":\"x\",\"Uuid\"", StringComparison.Ordinal) },
        { "another lease's", Valid.Replace("UUID", $"{Guid.NewGuid()}", StringComparison.Ordinal) },
        { "more text after it", Valid + "{}" },
        { "endless depth", new string('[', 100_000) },
        { "too long", Valid + new string(' ', 200_000) },
        { "no text", Valid.Replace("orders", "\uFFFD", StringComparison.Ordinal) },
    };

    [Theory]
    [MemberData(nameof(Damaged))]
    public async Task An_unreadable_record_is_named_and_kept_and_the_others_are_listed(string what, string content)
    {
        var store = new FileLeaseStore(folder.Path, "https://one");
        var record = Record();
        await store.WriteAsync(record, CancellationToken.None);
        var uuid = Guid.NewGuid();
        var bytes = System.Text.Encoding.UTF8.GetBytes(content.Replace("UUID", $"{uuid}", StringComparison.Ordinal));
        if (what == "no text")
            bytes[bytes.AsSpan().IndexOf("\uFFFD"u8)] = 0xff;
        await File.WriteAllBytesAsync(PathOf($"{uuid}"), bytes);

        await ExpectUnreadableAsync(store, record, uuid, PathOf($"{uuid}"));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(PathOf($"{uuid}")));
    }

    [Theory]
    [InlineData("odd")]
    [InlineData("UPPER")]
    [InlineData("{UUID}")]
    public async Task A_file_whose_name_is_not_the_UUID_of_its_record_is_not_a_record(string name)
    {
        var store = new FileLeaseStore(folder.Path);
        var (record, other) = (Record(), Record());
        await store.WriteAsync(record, CancellationToken.None);
        await store.WriteAsync(other, CancellationToken.None);
        name = name.Replace("UPPER", $"{other.Uuid}".ToUpperInvariant(), StringComparison.Ordinal).Replace("UUID", $"{other.Uuid}", StringComparison.Ordinal);
        File.Move(PathOf($"{other.Uuid}"), PathOf(name));

        await ExpectUnreadableAsync(store, record, null, PathOf(name));
    }

    [Theory]
    [InlineData("link")]
    [InlineData("dangling link")]
    [InlineData("folder")]
    [InlineData("pipe")]
    public async Task Entries_that_are_not_files_are_never_opened(string kind)
    {
        if (OperatingSystem.IsWindows())
            return;
        var store = new FileLeaseStore(folder.Path);
        var (record, other) = (Record(), Record());
        await store.WriteAsync(record, CancellationToken.None);
        var path = PathOf($"{other.Uuid}");
        using var outside = new TestFolder();
        var target = Path.Combine(outside.Path, $"{other.Uuid}.json");
        if (kind == "link")
            await new FileLeaseStore(outside.Path).WriteAsync(other, CancellationToken.None);
        switch (kind)
        {
            case "folder":
                Directory.CreateDirectory(path);
                break;
            case "pipe":
                using (var process = System.Diagnostics.Process.Start("mkfifo", [path]))
                    await process.WaitForExitAsync();
                break;
            default:
                File.CreateSymbolicLink(path, target);
                break;
        }

        // Opening a pipe waits until another process writes to it.
        await ExpectUnreadableAsync(store, record, other.Uuid, path).WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_record_of_the_first_version_has_no_version_and_is_read()
    {
        var uuid = Guid.NewGuid();
        await File.WriteAllTextAsync(PathOf($"{uuid}"), Valid.Replace("UUID", $"{uuid}", StringComparison.Ordinal));

        var record = Assert.Single(await new FileLeaseStore(folder.Path).ListAsync(CancellationToken.None));

        Assert.Equal((uuid, LeaseRecord.CurrentVersion, "", 0), (record.Uuid, record.Version, record.Role, record.OtherFields.Count));
        Assert.True(record.HasSameContentAs((await new FileLeaseStore(folder.Path).FindAsync(uuid, CancellationToken.None))!));
    }

    [Fact]
    public async Task The_age_of_a_record_is_the_age_of_its_file()
    {
        var store = new FileLeaseStore(folder.Path);
        var record = Record() with { RecordedAt = DateTimeOffset.UtcNow.AddHours(-2) };
        await store.WriteAsync(record, CancellationToken.None);

        Assert.InRange((await store.ListAsync(CancellationToken.None)).AgeOf(record)!.Value, TimeSpan.FromSeconds(-1), TimeSpan.FromMinutes(1));
        File.SetLastWriteTimeUtc(PathOf($"{record.Uuid}"), DateTime.UtcNow.AddHours(-1));
        Assert.InRange((await store.ListAsync(CancellationToken.None)).AgeOf(record)!.Value, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61));
    }

    public void Dispose() => folder.Dispose();

    private const string Valid = """{"Uuid":"UUID","Source":"test","Owner":{"Kind":"Pod","Namespace":"shop","Name":"orders"},"ServiceAccountName":"default"}""";

    private string PathOf(string name) => Path.Combine(folder.Path, $"{name}.json");

    private static async Task ExpectUnreadableAsync(FileLeaseStore store, LeaseRecord readable, Guid? unreadable, string path)
    {
        var list = await store.ListAsync(CancellationToken.None);

        Assert.Equal(readable.Uuid, Assert.Single(list).Uuid);
        var problem = Assert.Single(list.Unreadable);
        Assert.Equal((path, unreadable), (problem.Location, problem.Uuid));
        Assert.DoesNotContain('\n', problem.ToString());
        if (unreadable is { } uuid)
            Assert.Contains(path, (await Assert.ThrowsAsync<InvalidDataException>(() => store.FindAsync(uuid, CancellationToken.None))).Message, StringComparison.Ordinal);
    }

    private static LeaseRecord Record() => new()
    {
        Uuid = Guid.NewGuid(),
        Source = "test",
        Owner = new ObjectReference("Pod", "shop", "orders"),
        ServiceAccountName = "default",
        Username = "user",
    };

    private static IEnumerable<Guid> Uuids(params LeaseRecord[] records) => records.Select(record => record.Uuid).Order();
}
