using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Kubernetes.Connection;

/// <summary>The identity of the user of a connection, and its source.</summary>
internal sealed partial record ConnectionIdentity(string? User, IReadOnlyList<string> Groups, IdentitySource Source)
{
    private const string ReviewPath = "/apis/authentication.k8s.io/v1/tokenreviews";

    /// <summary>The name of users without a credential, or with a credential that the server ignores.</summary>
    public const string Anonymous = "system:anonymous";

    /// <summary>The user is unknown.</summary>
    public static readonly ConnectionIdentity Unknown = new(null, [], IdentitySource.Unknown);

    /// <summary>Determines the user from the server or, if that is not possible, from the credential.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="token">The bearer token of the connection; null for none.</param>
    /// <param name="certificate">The client certificate of the connection; null for none.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public static async Task<ConnectionIdentity> FindAsync(
        KubeConnection connection, SensitiveString? token, X509Certificate2? certificate, CancellationToken cancellationToken)
    {
        var settings = connection.GetSettings();
        if (connection.Identity.Source == IdentitySource.SelfSubjectReview)
            return connection.Identity;
        if (settings.Impersonation is { } impersonation)
            return new ConnectionIdentity(impersonation.User, impersonation.Groups, IdentitySource.Impersonation);

        // Review the token even if a denial has named the user, because the review may also return the groups.
        var reviewed = await ReviewTokenAsync(connection.Channel, token, cancellationToken).ConfigureAwait(false);
        return reviewed.User is not null ? reviewed
            : connection.Identity.User is not null ? connection.Identity
            : token is not null ? OfClaims(token)
            : settings.Username is { } username ? new ConnectionIdentity(username, [], IdentitySource.Username)
            : certificate is not null ? OfCertificate(certificate)
            : Unknown;
    }

    /// <summary>Reads the user from the result of a review.</summary>
    public static ConnectionIdentity OfUserInfo(JsonElement user, IdentitySource source) =>
        user.Text("username") is { Length: > 0 } name
            ? new ConnectionIdentity(name, user.Get("groups").Items().Select(group => group.Text()).OfType<string>().ToArray(), source)
            : Unknown;

    /// <summary>Reads the user from the message of a Forbidden error.</summary>
    public static ConnectionIdentity OfDenial(KubeApiException error) =>
        error.StatusCode == 403 && NameOfDenied().Match(error.Message) is { Success: true } denied
            ? new ConnectionIdentity(denied.Groups[1].Value, [], IdentitySource.Denial)
            : Unknown;

    /// <summary>Reads the user from the common name and the groups from the organizations of a certificate.</summary>
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

    /// <summary>Reviews the token (TokenReview). If the user is not authorized for that, the error names the user.</summary>
    private static async Task<ConnectionIdentity> ReviewTokenAsync(ApiChannel channel, SensitiveString? token, CancellationToken cancellationToken)
    {
        var tokenReview = new JsonObject
        {
            ["apiVersion"] = "authentication.k8s.io/v1",
            ["kind"] = "TokenReview",
            ["spec"] = new JsonObject { ["token"] = token?.Reveal() },
        };
        var request = new ApiRequest(HttpMethod.Post, ReviewPath) { Body = Encoding.UTF8.GetBytes(tokenReview.ToJsonString()), IsRepeatable = true };
        try
        {
            var review = channel.Failures.ReadJson(await channel.SendAndEnsureSuccessAsync(request, cancellationToken).ConfigureAwait(false));
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
