using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using KubeInject.Kubernetes;

namespace KubeInject.IntegrationTests;

/// <summary>Asks the API server who it takes a connection for.</summary>
internal static partial class Identity
{
    /// <summary>The name of the administrator, whom nothing is forbidden, so that the server does not tell it.</summary>
    public const string Admin = "kubeinject-admin";

    public const string Viewer = "kubeinject-viewer";

    /// <summary>A path that exists nowhere: who may not read it is told so by name.</summary>
    public const string Path = "/who-am-i";

    public static async Task<string> OfAsync(ConnectionSettings settings)
    {
        using var connection = await KubeConnection.OpenAsync(settings);
        return await OfAsync(connection);
    }

    public static async Task<string> OfAsync(KubeConnection connection) =>
        FromError((await Assert.ThrowsAsync<KubeApiException>(() => connection.GetAsync(Path))).Message);

    /// <summary>The user in the words in which the server forbids the path, or says that there is nothing.</summary>
    public static string FromError(string message) =>
        Forbidden().Match(message) is { Success: true } match ? match.Groups["user"].Value
        : message.Contains("could not find the requested resource", StringComparison.Ordinal) || message.Contains("answered 404", StringComparison.Ordinal) ? Admin
        : message;

    /// <summary>All that the server knows of a user: it notes that of whoever asks for a certificate.</summary>
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
        return channel.Failures.ReadJson(await channel.SucceedAsync(request, CancellationToken.None)).GetProperty("spec").Clone();
    }

    [GeneratedRegex("User \"(?<user>.+)\" cannot ")]
    private static partial Regex Forbidden();
}
