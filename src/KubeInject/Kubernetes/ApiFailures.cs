using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;

namespace KubeInject.Kubernetes;

/// <summary>The one place where an error is understood.</summary>
internal sealed class ApiFailures(ConnectionSettings settings, RequestCredential credential, ServerTrust trust)
{
    public KubeConnectionException FromTimeout(string whatFailed, TimeSpan limit, Exception cause) => new(
        KubeConnectionFailure.Timeout,
        string.Create(CultureInfo.InvariantCulture, $"{settings.Server} {whatFailed} within {limit.TotalSeconds:0.###} s."),
        cause);

    /// <summary>No answer came.</summary>
    public KubeConnectionException FromTransport(Exception cause)
    {
        var socketError = FindInner<SocketException>(cause)?.SocketErrorCode;
        return (cause as HttpRequestException)?.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => new(
                KubeConnectionFailure.NameNotResolved, $"The name {settings.Server.IdnHost} of the API server has no address.", cause),
            HttpRequestError.SecureConnectionError when trust.LastFailure is { } failure => new(failure.Reason, failure.Message, cause),
            HttpRequestError.SecureConnectionError => new(KubeConnectionFailure.TlsFailed, TlsMessage(cause), cause),
            HttpRequestError.InvalidResponse => NotKubernetes("it does not speak HTTP", cause),
            _ when socketError is SocketError.ConnectionRefused => new(
                KubeConnectionFailure.Unreachable, $"Nothing listens at {settings.Server}: the connection was refused.", cause),
            _ => new(KubeConnectionFailure.Unreachable, $"{settings.Server} cannot be reached: {cause.GetBaseException().Message}", cause),
        };
    }

    /// <summary>The server answered with an error.</summary>
    public KubeApiException FromResponse(ApiResponse response)
    {
        var status = ReadStatus(response) ?? default;
        var details = status.Get("details");
        var reason = status.Text("reason");
        return new KubeApiException(
            response.StatusCode,
            string.IsNullOrEmpty(reason) ? KubeApiReason.FromStatusCode(response.StatusCode) : reason,
            status.Text("message") is { Length: > 0 } message ? message : $"The server answered {response.StatusCode}, and did not say why.")
        {
            Details = details.Exists() ? new StatusDetails(details.Text("group"), details.Text("kind"), details.Text("name")) : null,
            Causes =
            [
                .. details.Get("causes").Items()
                    .Select(cause => new StatusCause(cause.Text("reason"), cause.Text("message"), cause.Text("field"))),
            ],
        };
    }

    /// <summary>While connecting: an answer that no API server gives, or one that means that there is no connection.</summary>
    public KubeConnectionException FromFirstAnswer(ApiResponse response)
    {
        if (response.StatusCode == 401)
            return new(KubeConnectionFailure.Unauthorized, UnauthorizedMessage(), FromResponse(response));
        if (response.StatusCode is 429 or >= 500)
        {
            var error = FromResponse(response);
            return new(KubeConnectionFailure.Unavailable, $"{settings.Server} cannot serve at the moment ({response.StatusCode}): {error.Message}", error);
        }

        // Nothing of the body is quoted: some servers echo the request, with its token.
        return NotKubernetes(
            $"it answered {response.StatusCode} with {response.MediaType ?? "no content"}" +
            (response.StatusCode is >= 300 and < 400 ? ", which leads elsewhere" : "") +
            (response.StatusCode == 400 && settings.Server.Scheme == Uri.UriSchemeHttp ? "; perhaps the address has to begin with https" : ""));
    }

    public KubeConnectionException NotKubernetes(string why, Exception? cause = null) => new(
        KubeConnectionFailure.NotKubernetes, $"The server at {settings.Server} does not answer as a Kubernetes API server: {why}.", cause);

    /// <summary>Whether the answer is an error in the words of an API server.</summary>
    public bool IsStatus(ApiResponse response) => ReadStatus(response) is not null;

    private JsonElement? ReadStatus(ApiResponse response)
    {
        try
        {
            // Masked before it is read, so that no part of it can hold what must not be shown.
            var status = JsonSerializer.Deserialize<JsonElement>(credential.Mask(Encoding.UTF8.GetString(response.Body)));
            return status.Text("kind") == "Status" ? status : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private string UnauthorizedMessage()
    {
        var of = settings.Context is { } context ? $" of the context '{context}'" : "";
        return credential.Kind == "none"
            ? $"{settings.Server} asks for a credential, and the settings{of} have none."
            : $"{settings.Server} does not accept the credential{of} ({credential.Kind}{(settings.TokenFile is { } file ? $" {file}" : "")}): it may be wrong, expired, or for another cluster.";
    }

    private string TlsMessage(Exception cause) =>
        FindInner<AuthenticationException>(cause) is { InnerException: null }
            ? $"{settings.Server} does not speak TLS; perhaps its address has to begin with http."
            : $"{settings.Server} broke off the TLS handshake: {cause.GetBaseException().Message}";

    private static T? FindInner<T>(Exception? exception)
        where T : Exception
    {
        while (exception is not (null or T))
            exception = exception.InnerException;
        return exception as T;
    }
}
