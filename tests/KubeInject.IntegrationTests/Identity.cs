using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using k8s;
using k8s.Autorest;
using KubeInject.Client;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;

namespace KubeInject.IntegrationTests;

/// <summary>Asks the API server who the user of a connection is.</summary>
internal static partial class Identity
{
    /// <summary>The name of the administrator. Because nothing is forbidden, no error of the server contains it.</summary>
    public const string Admin = "kubeinject-admin";

    public const string Viewer = "kubeinject-viewer";

    /// <summary>A path that does not exist. A user who may not read it is named in the error.</summary>
    public const string Path = "/who-am-i";

    public static async Task<string> OfAsync(ConnectionSettings settings)
    {
        using var connection = await KubeConnection.OpenAsync(settings);
        return await OfAsync(connection);
    }

    /// <summary>The user of a connection, which must also be the user of its client.</summary>
    public static async Task<string> OfAsync(KubeConnection connection)
    {
        var user = FromError((await Assert.ThrowsAsync<KubeApiException>(() => connection.GetAsync(Path))).Message);
        Assert.Equal(user, await OfClientAsync(connection));
        return user;
    }

    /// <summary>The user of the client of a connection, without the requests that opening a connection sends.</summary>
    /// <exception cref="HttpOperationException">The response of the server contains no name.</exception>
    public static async Task<string> OfClientAsync(ConnectionSettings settings)
    {
        using var connection = new KubeConnection(settings, KubeRetryPolicy.Default);
        return await OfClientAsync(connection);
    }

    private static async Task<string> OfClientAsync(KubeConnection connection)
    {
        try
        {
            await connection.Client.CoreV1.ListNodeAsync();
            return Admin;
        }
        catch (HttpOperationException e) when (Forbidden().Match(e.Response.Content.Length > 0 ? JsonDocument.Parse(e.Response.Content).RootElement.Text("message")! : "") is { Success: true } match)
        {
            return match.Groups["user"].Value;
        }
    }

    /// <summary>The user as the server names it when it forbids the path, or reports that it does not exist.</summary>
    public static string FromError(string message) =>
        Forbidden().Match(message) is { Success: true } match ? match.Groups["user"].Value
        : message.Contains("could not find the requested resource", StringComparison.Ordinal) || message.Contains("answered 404", StringComparison.Ordinal) ? Admin
        : message;

    /// <summary>All that the server knows about a user. It records this for a user who requests a certificate.</summary>
    public static async Task<JsonElement> DetailsAsync(ConnectionSettings settings)
    {
        const string Request = """
            {"apiVersion":"certificates.k8s.io/v1","kind":"CertificateSigningRequest","metadata":{"generateName":"who-"},
             "spec":{"signerName":"kubeinject.test/none","usages":["client auth"],"request":"REQUEST"}}
            """;
        using var channel = new ApiChannel(settings);
        var request = new ApiRequest(HttpMethod.Post, "/apis/certificates.k8s.io/v1/certificatesigningrequests?dryRun=All")
        {
            Body = Encoding.UTF8.GetBytes(Request.Replace("REQUEST", Convert.ToBase64String(Encoding.UTF8.GetBytes(ClientCredentials.SigningRequest())), StringComparison.Ordinal)),
        };
        return channel.Failures.ReadJson(await channel.SendAndEnsureSuccessAsync(request, CancellationToken.None)).GetProperty("spec").Clone();
    }

    [GeneratedRegex("User \"(?<user>.+)\" cannot ")]
    private static partial Regex Forbidden();
}
