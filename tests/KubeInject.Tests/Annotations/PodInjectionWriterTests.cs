using FsCheck.Fluent;
using KubeInject.Annotations;
using KubeInject.Testing;
using static KubeInject.Tests.Annotations.TestPods;

namespace KubeInject.Tests.Annotations;

public sealed class PodInjectionWriterTests
{
    private static readonly DatabaseInjection Orders = new()
    {
        Name = "orders",
        Role = "rw",
        Mount = "databases",
        UsernameVariables = ["DBUSER"],
        PasswordVariables = ["DBPASSWORD"],
    };

    [Fact]
    public void Default_values_are_not_written_except_the_role() =>
        Assert.Equal(["orders.role=rw"], Write(Orders));

    [Fact]
    public void Other_values_are_written_in_ordinal_order() => Assert.Equal(
        ["a.env-key-uri=URL,DSN", "a.mode=uri", "a.role=ro", "a.template=pg://db", "cluster=pg", "orders.env-key-dbpassword=DBPASSWORD,P", "orders.env-key-dbuser=U", "orders.role=rw"],
        Write(
            Orders with { Mount = "pg", UsernameVariables = ["U"], PasswordVariables = ["DBPASSWORD", "P"] },
            new DatabaseInjection { Name = "a", Role = "ro", Mount = "pg", Mode = InjectionMode.Uri, UriVariables = ["URL", "DSN"], Template = "pg://db" }));

    [Fact]
    public void The_mount_is_written_if_it_is_not_the_default_of_the_operator()
    {
        var injection = Injection(InjectionState.Pending, Orders);
        Assert.DoesNotContain(PodInjectionWriter.Write(injection, InjectionOptions.Default), pair => pair.Key == InjectionAnnotation.Cluster);
        Assert.Contains(PodInjectionWriter.Write(injection, new InjectionOptions { DefaultMount = "pg" }), pair => pair.Key == InjectionAnnotation.Cluster);
    }

    [Fact]
    public void Uuids_are_one_list_in_the_order_of_the_names()
    {
        var injection = Injection(InjectionState.Injected, Orders with { Uuid = SecondUuid }, Orders with { Name = "a", Uuid = FirstUuid });
        Assert.Contains(new(InjectionAnnotation.Uuid, $"{FirstUuid},{SecondUuid}"), PodInjectionWriter.Write(injection, InjectionOptions.Default));
    }

    [Fact]
    public void A_legacy_uuid_is_written_as_the_list() =>
        Assert.Equal(
            [new(InjectionAnnotation.ForDatabase("orders", "role"), "rw"), new(InjectionAnnotation.Uuid, FirstUuid)],
            PodInjectionWriter.Write(Read(("orders.role", "rw"), ("orders.uuid", FirstUuid)), InjectionOptions.Default));

    [Fact]
    public void Databases_with_different_mounts_cannot_be_written() =>
        Assert.Throws<ArgumentException>(() => Write(Orders, Orders with { Name = "a", Mount = "pg" }));

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("revoke-ttl")]
    public void A_name_that_would_be_read_differently_cannot_be_written(string name) =>
        Assert.Throws<ArgumentException>(() => Write(Orders with { Name = name }));

    [Fact]
    public void An_ignored_pod_stays_ignored() => Assert.Equal(
        [new(InjectionAnnotation.Prefix + "revoke-ttl", "1h")],
        PodInjectionWriter.Write(Read(("revoke-ttl", "1h"), ("orders.role", "rw")), InjectionOptions.Default));

    [Fact]
    public void Written_annotations_are_read_as_the_same_injection()
    {
        var name = Gen.Elements("a", "a-b", "B", "orders", "cluster", "role", "uuid", "mode", "pg", "ünïcode");
        var value = Gen.Elements("rw", "orders-rw", "databases", "x/y", "classic");
        var uri = Gen.Elements("pg://db", "pg://{{user}}:{{password}}@db/x?y=z,w", "pg://me:mine@[::1]");
        var cases = from state in Gen.Elements(InjectionState.Pending, InjectionState.Injected)
                    from names in Gen.NonEmptyListOf(name)
                    from mount in value
                    from operators in value
                    from modes in Gen.ArrayOf(Gen.Elements(InjectionMode.Classic, InjectionMode.Uri), 10)
                    from roles in Gen.ArrayOf(value, 10)
                    from templates in Gen.ArrayOf(uri, 10)
                    from byDefault in Gen.Choose(-1, 9)
                    from counts in Gen.ArrayOf(Gen.Choose(1, 3), 20)
                    select (Injection(
                        state,
                        [
                            .. names.Distinct().Order(StringComparer.Ordinal).Select((database, i) => Database(
                                database, mount, modes[i], roles[i], templates[i], i == byDefault, counts[i], counts[i + 10])
                                with { Uuid = state == InjectionState.Injected ? new Guid(i, 0, 0, new byte[8]).ToString() : null }),
                        ]), operators);
        Prop.ForAll(Arb.From(cases), pair =>
        {
            var options = new InjectionOptions { DefaultMount = pair.operators };
            var written = PodInjectionWriter.Write(pair.Item1, options);
            var read = PodInjectionReader.Read(pair.Item1.Pod with { Annotations = written.ToDictionary() }, options);
            Assert.Equal(pair.Item1.State, read.State);
            Assert.Equal(pair.Item1.Databases.Select(Describe), read.Databases.Select(Describe));
            Assert.Equal(written, written.OrderBy(annotation => annotation.Key, StringComparer.Ordinal));
            Assert.Equal(written, PodInjectionWriter.Write(read, options));
            Assert.False(read.HasErrors);
        }).CheckSeeded(1000);
    }

    private static DatabaseInjection Database(
        string name, string mount, InjectionMode mode, string role, string template, bool byDefault, int first, int second) =>
        mode == InjectionMode.Uri
            ? new() { Name = name, Mount = mount, Role = role, Mode = mode, Template = template, UriVariables = Variables(name, "URL", first) }
            : new()
            {
                Name = name,
                Mount = mount,
                Role = role,
                UsernameVariables = byDefault ? ["DBUSER"] : Variables(name, "U", first),
                PasswordVariables = byDefault ? ["DBPASSWORD"] : Variables(name, "P", second),
            };

    private static string[] Variables(string name, string kind, int count) =>
        [.. Enumerable.Range(0, count).Select(i => $"{kind}_{Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(name))}_{i}")];

    private static PodInjection Injection(InjectionState state, params DatabaseInjection[] databases) =>
        new() { Pod = With(), State = state, Databases = databases };

    private static IEnumerable<string> Write(params DatabaseInjection[] databases) =>
        PodInjectionWriter.Write(Injection(InjectionState.Pending, databases), InjectionOptions.Default)
            .Select(pair => $"{pair.Key[InjectionAnnotation.Prefix.Length..]}={pair.Value}");
}
