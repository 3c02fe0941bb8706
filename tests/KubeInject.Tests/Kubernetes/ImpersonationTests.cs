using System.Text;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;

namespace KubeInject.Tests.Kubernetes;

public class ImpersonationTests
{
    [Fact]
    public async Task Every_request_has_the_impersonated_user()
    {
        using var server = new TlsServer();
        var impersonation = new Impersonation { User = "jane", Uid = "42", Groups = ["readers"], Extra = Extra("scopes", "read") };
        using var connection = await KubeConnection.OpenAsync(server.Settings with { Token = new SensitiveString("abc"), Impersonation = impersonation });
        Assert.All(server.Server.Requests, request => Assert.Equal(
            ("Bearer abc", "jane", "42", "readers", "read"),
            (request.Headers["Authorization"], request.Headers["Impersonate-User"], request.Headers["Impersonate-Uid"], request.Headers["Impersonate-Group"], request.Headers["Impersonate-Extra-scopes"])));
    }

    [Fact]
    public async Task Each_of_several_groups_has_a_separate_header()
    {
        using var server = new TlsServer();
        var impersonation = new Impersonation { User = "jane", Groups = ["a", "b, c", "d"], Extra = Extra("scopes", "read", "write") };
        using var connection = await KubeConnection.OpenAsync(server.Settings with { Impersonation = impersonation });
        Assert.All(server.Server.Requests, request => Assert.Equal(
            ("a\nb, c\nd", "read\nwrite"), (request.Headers["Impersonate-Group"], request.Headers["Impersonate-Extra-scopes"])));
    }

    [Fact]
    public async Task A_thousand_long_groups_are_sent()
    {
        using var server = new TlsServer();
        var groups = Enumerable.Range(0, 1000).Select(i => $"group-{i}-{new string('x', i % 100)}").ToList();
        using var connection = await KubeConnection.OpenAsync(server.Settings with { Impersonation = new Impersonation { User = "jane", Groups = groups } });
        Assert.Equal(groups, server.Server.Requests[0].Headers["Impersonate-Group"].Split('\n'));
    }

    [Fact]
    public void A_change_of_an_impersonation_keeps_the_other_fields()
    {
        var before = new Impersonation { User = "jane", Uid = "42", Groups = ["readers"], Extra = Extra("scopes", "read") };
        Assert.Null(Impersonation.Change(null, null, null, null));
        Assert.Same(before, Impersonation.Change(before, null, null, null));
        Assert.Equal(before with { User = "joe" }, Impersonation.Change(before, "joe", null, null));
        Assert.Equal(["writers"], Impersonation.Change(before, null, null, ["writers"])!.Groups);
        Assert.Equal(("joe", "7"), (Impersonation.Change(null, "joe", "7", null)!.User, Impersonation.Change(before, "joe", "7", null)!.Uid));
    }

    [Fact]
    public void Groups_and_a_uid_require_a_user()
    {
        Assert.Throws<ConfigurationException>(() => Impersonation.Change(null, null, "7", null));
        Assert.Throws<ConfigurationException>(() => Impersonation.Change(null, null, null, ["writers"]));
    }

    [Theory]
    [InlineData("Example.org/Scopes", "Impersonate-Extra-Example.org%2FScopes")]
    [InlineData("a b%", "Impersonate-Extra-a%20b%25")]
    [InlineData("ü", "Impersonate-Extra-%C3%BC")]
    [InlineData("a:\r\nb", "Impersonate-Extra-a%3A%0D%0Ab")]
    public async Task Invalid_characters_in_a_header_name_are_percent_encoded(string key, string header)
    {
        using var server = new TlsServer();
        using var connection = await KubeConnection.OpenAsync(server.Settings with { Impersonation = new Impersonation { User = "jane", Extra = Extra(key, "v") } });
        Assert.Equal("v", server.Server.Requests[0].Headers[header]);
    }

    [Fact]
    public async Task Names_are_sent_in_UTF_8()
    {
        using var server = new TlsServer();
        using var connection = await KubeConnection.OpenAsync(server.Settings with { Impersonation = new Impersonation { User = "jürgen", Groups = ["bücher", "räume"] } });
        var headers = server.Server.Requests[0].Headers;
        Assert.Equal(("jürgen", "bücher\nräume"), (Utf8(headers["Impersonate-User"]), Utf8(headers["Impersonate-Group"])));
    }

    [Theory]
    [InlineData("", "a", "k", "v")]
    [InlineData("jane\r\nImpersonate-Group: system:masters", "a", "k", "v")]
    [InlineData("jane", "a\nb", "k", "v")]
    [InlineData("jane", "a\u001fb", "k", "v")]
    [InlineData("jane", "a", "", "v")]
    [InlineData("jane", "a", "k", "\0")]
    public async Task A_value_that_is_not_a_valid_header_is_an_error(string user, string group, string key, string value)
    {
        using var server = new TlsServer();
        var impersonation = new Impersonation { User = user, Groups = ["x", group], Extra = Extra(key, value) };
        await Assert.ThrowsAsync<ConfigurationException>(() => KubeConnection.OpenAsync(server.Settings with { Impersonation = impersonation }));
        Assert.Empty(server.Server.Requests);
    }

    private static Dictionary<string, IReadOnlyList<string>> Extra(string key, params string[] values) => new() { [key] = values };

    // The test server reads each byte as one character.
    private static string Utf8(string header) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(header));
}
