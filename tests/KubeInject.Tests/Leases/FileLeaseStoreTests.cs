using KubeInject.Kubernetes;
using KubeInject.Leases;
using KubeInject.Tests.Kubernetes;

namespace KubeInject.Tests.Leases;

public sealed class FileLeaseStoreTests : IDisposable
{
    private readonly TestFolder folder = new();

    [Fact]
    public async Task Clusters_that_share_a_folder_see_their_own_records_and_those_of_none()
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
    public async Task The_cluster_stands_in_the_record()
    {
        var record = Record();

        await new FileLeaseStore(folder.Path, "https://one").WriteAsync(record, CancellationToken.None);

        Assert.Contains("\"Cluster\": \"https://one\"", await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(folder.Path))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"Uuid\":")]
    public async Task What_is_no_record_is_an_error_that_names_it_and_never_a_part_of_a_list(string content)
    {
        var store = new FileLeaseStore(folder.Path, "https://one");
        await store.WriteAsync(Record(), CancellationToken.None);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "odd.json"), content);

        Assert.Contains("odd.json", (await Assert.ThrowsAsync<InvalidDataException>(() => store.ListAsync(CancellationToken.None))).Message, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

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
