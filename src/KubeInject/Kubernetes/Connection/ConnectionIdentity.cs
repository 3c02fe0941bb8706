using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Errors;

namespace KubeInject.Kubernetes.Connection;

/// <summary>Who the user of a connection is, and who says so.</summary>
internal sealed partial record ConnectionIdentity(string? User, IReadOnlyList<string> Groups, IdentitySource Source)
{
    private const string ReviewPath = "/apis/authentication.k8s.io/v1/tokenreviews";

    /// <summary>The name that a server gives to whoever has not said who he is, or has said so in a way that it passes over.</summary>
    public const string Anonymous = "system:anonymous";

    /// <summary>Nobody says who the user is.</summary>
    public static readonly ConnectionIdentity Unknown = new(null, [], IdentitySource.Unknown);

    /// <summary>Finds out who the user is: from the server, or, where it does not say, from the credential.</summary>
    /// <param name="connection">A connection that is made.</param>
    /// <param name="token">The token of its requests; null for none.</param>
    /// <param name="certificate">The certificate that it shows; null for none.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public static async Task<ConnectionIdentity> FindAsync(
        KubeConnection connection, SensitiveString? token, X509Certificate2? certificate, CancellationToken cancellationToken)
    {
        var settings = connection.GetSettings();
        if (connection.Identity.Source == IdentitySource.SelfSubjectReview)
            return connection.Identity;
        if (settings.Impersonation is { } impersonation)
            return new ConnectionIdentity(impersonation.User, impersonation.Groups, IdentitySource.Impersonation);

        // Asked even of whom a denial has named: this answer may tell the groups as well.
        var asked = await AskAsync(connection.Channel, token, cancellationToken);
        return asked.User is not null ? asked
            : connection.Identity.User is not null ? connection.Identity
            : token is not null ? OfClaims(token)
            : settings.Username is { } username ? new ConnectionIdentity(username, [], IdentitySource.Username)
            : certificate is not null ? OfCertificate(certificate)
            : Unknown;
    }

    /// <summary>A user as a review describes him.</summary>
    public static ConnectionIdentity OfUserInfo(JsonElement user, IdentitySource source) =>
        user.Text("username") is { Length: > 0 } name
            ? new ConnectionIdentity(name, user.Get("groups").Items().Select(group => group.Text()).OfType<string>().ToArray(), source)
            : Unknown;

    /// <summary>The user whom an error says to be denied something.</summary>
    public static ConnectionIdentity OfDenial(KubeApiException error) =>
        error.StatusCode == 403 && NameOfDenied().Match(error.Message) is { Success: true } denied
            ? new ConnectionIdentity(denied.Groups[1].Value, [], IdentitySource.Denial)
            : Unknown;

    /// <summary>The common name is the user, each organization a group.</summary>
    internal static ConnectionIdentity OfCertificate(X509Certificate2 certificate)
    {
        var names = certificate.SubjectName.EnumerateRelativeDistinguishedNames()
            .Where(name => !name.HasMultipleElements)
            .ToLookup(name => name.GetSingleElementType().Value, name => name.GetSingleElementValue());
        return names["2.5.4.3"].LastOrDefault() is { } user
            ? new ConnectionIdentity(user, names["2.5.4.10"].OfType<string>().Reverse().ToArray(), IdentitySource.ClientCertificate)
            : Unknown;
    }

    private static ConnectionIdentity OfClaims(SensitiveString token) =>
        JwtClaims.Read(token)?.Subject is { } subject ? new ConnectionIdentity(subject, [], IdentitySource.TokenClaims) : Unknown;

    /// <summary>Asks whose the token is. Who may not ask that, with a token or without, is told by what name the server knows him.</summary>
    private static async Task<ConnectionIdentity> AskAsync(ApiChannel channel, SensitiveString? token, CancellationToken cancellationToken)
    {
        var question = new JsonObject
        {
            ["apiVersion"] = "authentication.k8s.io/v1",
            ["kind"] = "TokenReview",
            ["spec"] = new JsonObject { ["token"] = token?.Reveal() },
        };
        var request = new ApiRequest(HttpMethod.Post, ReviewPath) { Body = Encoding.UTF8.GetBytes(question.ToJsonString()), IsRepeatable = true };
        try
        {
            var review = channel.Failures.ReadJson(await channel.SendAndEnsureSuccessAsync(request, cancellationToken));
            return OfUserInfo(review.Get("status").Get("user"), IdentitySource.TokenReview);
        }
        catch (KubeApiException e)
        {
            return OfDenial(e);
        }
        catch (KubeConnectionException)
        {
            return Unknown;
        }
    }

    [GeneratedRegex("""User "([^"]+)" cannot """)]
    private static partial Regex NameOfDenied();
}
