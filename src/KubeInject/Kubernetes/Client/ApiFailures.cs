using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using KubeInject.Http;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Transport;

namespace KubeInject.Kubernetes.Client;

/// <summary>The one place where an error is understood.</summary>
internal sealed partial class ApiFailures(ConnectionSettings settings, RequestCredential credential, ServerTrust trust)
{
    // A quotation mark stays one: the body is shown to people.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The API server.</summary>
    public Uri Server => settings.Server;

    public KubeConnectionException FromTimeout(string whatFailed, TimeSpan limit, Exception cause) => new(
        KubeConnectionFailure.Timeout,
        string.Create(CultureInfo.InvariantCulture, $"{settings.Server} {whatFailed} within {limit.TotalSeconds:0.###} s."),
        cause);

    /// <summary>No answer came to a request with this path, or not all of it.</summary>
    public KubeConnectionException FromTransport(string path, Exception cause, int? statusCode = null)
    {
        // What lies beneath a request may know better what went wrong.
        if (FindInner<KubeConnectionException>(cause) is { } known)
            return known;
        if (FindInner<ProxyException>(cause) is { } proxy)
            return new(KubeConnectionFailure.ProxyFailed, proxy.Message, proxy.InnerException);
        if (FindInner<ResponseTooLargeException>(cause) is { } tooLarge)
            return LimitExceeded(path, $"{tooLarge.Part} is larger than {ByteCount(tooLarge.Limit)}");

        // An answer that does not decompress.
        if (cause is InvalidDataException)
            return NotKubernetes("its answer cannot be read", cause);
        var socketError = FindInner<SocketException>(cause)?.SocketErrorCode;
        return ((cause as HttpRequestException)?.HttpRequestError ?? (cause as HttpIOException)?.HttpRequestError) switch
        {
            HttpRequestError.NameResolutionError => new(
                KubeConnectionFailure.NameNotResolved, $"The host name {settings.Server.IdnHost} of the API server cannot be resolved.", cause),
            HttpRequestError.SecureConnectionError when trust.LastFailure is { } failure => new(ReasonOf(failure.Problem), failure.Message, cause),
            HttpRequestError.SecureConnectionError => new(KubeConnectionFailure.TlsFailed, TlsMessage(cause), cause),

            // Without its cause, which quotes the answer, and that may echo the request.
            HttpRequestError.InvalidResponse => NotKubernetes("it does not use HTTP"),
            _ when socketError is SocketError.ConnectionRefused => new(
                KubeConnectionFailure.Unreachable, $"Nothing listens at {settings.Server}: the connection was refused.", cause),
            _ => new(KubeConnectionFailure.Unreachable, $"{settings.Server} cannot be reached: {cause.GetBaseException().Message}", cause) { StatusCode = statusCode },
        };
    }

    /// <summary>An answer comes too slowly.</summary>
    public KubeConnectionException TooSlow(string path, long received, TimeSpan elapsed, int minBytesPerSecond, Exception cause) => new(
        KubeConnectionFailure.Timeout,
        string.Create(
            CultureInfo.InvariantCulture,
            $"{settings.Server} sends its response to {path} too slowly: {received} bytes in {elapsed.TotalSeconds:0.###} s. After the request timeout of {settings.Timeout.TotalSeconds:0.###} s, it must send at least {minBytesPerSecond} bytes per second. Check the network, or increase the timeout."),
        cause);

    /// <summary>The server sends more than it may.</summary>
    /// <param name="path">The path of the request.</param>
    /// <param name="limit">What it exceeds, with the number.</param>
    public KubeConnectionException LimitExceeded(string path, string limit) => new(
        KubeConnectionFailure.LimitExceeded,
        $"{settings.Server} exceeds a limit in its response to {path}: {limit}. List fewer objects at a time (specify a namespace or a selector), or check which server responds at this address.");

    /// <summary>The server answered with something else than what was requested.</summary>
    /// <param name="path">The path of the request.</param>
    /// <param name="what">What it answered with.</param>
    /// <param name="expected">What was requested.</param>
    public KubeConnectionException WrongDocument(string path, string what, string expected) =>
        NotKubernetes(credential.Mask($"it answered {path} with {what}, but {expected} was requested"));

    /// <summary>An answer that was to go on has ended.</summary>
    public KubeConnectionException BrokenOff(string path) =>
        new(KubeConnectionFailure.Unreachable, $"{settings.Server} ended its response to {path}.");

    /// <summary>The server did not answer with a success.</summary>
    public Exception FromError(ApiResponse response) => Redirect.IsRedirect(response.StatusCode) ? Redirected(response) : FromResponse(response);

    /// <summary>The server answered with an error.</summary>
    public KubeApiException FromResponse(ApiResponse response)
    {
        var status = ReadStatus(response) ?? default;
        var details = status.Get("details");
        var message = Text(status, "message") is { Length: > 0 } text ? text : $"The server answered {response.StatusCode} without a reason.";
        return new KubeApiException(
            response.StatusCode,
            Text(status, "reason") is { Length: > 0 } reason ? reason : KubeApiReason.FromStatusCode(response.StatusCode),
            response.IsWaitTooLong ? $"{message.TrimEnd('.')}. {RetryAfterHeader.Describe(response.RetryAfter!.Value, settings.Timeout)}" : message)
        {
            IsExplained = status.ValueKind == JsonValueKind.Object,
            Details = details.Exists() ? new StatusDetails(Text(details, "group"), Text(details, "kind"), Text(details, "name")) : null,
            Causes =
            [
                .. details.Get("causes").Items()
                    .Select(cause => new StatusCause(Text(cause, "reason"), Text(cause, "message"), Text(cause, "field"))),
            ],
        };
    }

    /// <summary>The server sent an error in the middle of an answer that goes on.</summary>
    public KubeApiException FromEvent(ReadOnlyMemory<byte> status)
    {
        var response = new ApiResponse(500, null, status);
        return FromResponse(ReadStatus(response) is { } read && read.Int("code") is >= 400 and var code ? response with { StatusCode = code } : response);
    }

    /// <summary>The server, or what it asked, took too long: the same may well succeed a little later.</summary>
    public bool IsTimeout(ApiResponse response) => FromResponse(response).Reason is KubeApiReason.Timeout or KubeApiReason.ServerTimeout;

    /// <summary>While connecting: an answer that no API server gives, or one that means that there is no connection.</summary>
    public KubeConnectionException FromFirstAnswer(ApiResponse response)
    {
        if (response.StatusCode == 401)
            return new(KubeConnectionFailure.Unauthorized, UnauthorizedMessage(), FromResponse(response));
        if (response.StatusCode is 429 or >= 500)
        {
            var error = FromResponse(response);
            return new(KubeConnectionFailure.Unavailable, $"{settings.Server} is not available at the moment ({response.StatusCode}): {error.Message}", error);
        }

        if (Redirect.IsRedirect(response.StatusCode))
            return Redirected(response);

        // Nothing of the body is quoted: some servers echo the request, with its token.
        return NotKubernetes(
            $"it answered {response.StatusCode} with {response.MediaType ?? "no content"}" +
            (response.StatusCode == 400 && settings.Server.Scheme == Uri.UriSchemeHttp ? "; specify an address that begins with https if the server uses TLS" : ""));
    }

    /// <summary>While connecting: the server has taken no notice of the credential.</summary>
    public KubeConnectionException PassedOver(ApiResponse response) => new(
        KubeConnectionFailure.Unauthorized,
        $"{settings.Server} ignores the credential{OfContext()} ({credential.Kind}) and treats the user as {ConnectionIdentity.Anonymous}: " + (credential.Kind == "basic"
            ? "it does not support basic authentication, which Kubernetes 1.19 removed. Use a token, a client certificate or an exec plugin."
            : "it does not support credentials of this kind, or an intermediary, such as a proxy that terminates TLS, removes the credential. Connect directly to the API server, or use another kind of credential."),
        response.IsSuccess ? null : FromResponse(response));

    public KubeConnectionException NotKubernetes(string why, Exception? cause = null) => new(
        KubeConnectionFailure.NotKubernetes, $"The server at {settings.Server} does not respond like a Kubernetes API server: {why}.", cause);

    private KubeConnectionException Redirected(ApiResponse response) => NotKubernetes(credential.Mask(
        $"it redirects {response.Path}{(response.RedirectTarget is { } target ? $" to {target}" : $" ({response.StatusCode})")}. Redirects are not followed, because they could send the credential to another server. Use the address of the API server itself"));

    private static KubeConnectionFailure ReasonOf(CertificateProblem problem) => problem switch
    {
        CertificateProblem.Expired => KubeConnectionFailure.ExpiredCertificate,
        CertificateProblem.WrongHostName => KubeConnectionFailure.WrongHostName,
        _ => KubeConnectionFailure.UntrustedCertificate,
    };

    private static string ByteCount(long bytes) => bytes >= 1 << 20 ? $"{bytes >> 20} MiB" : $"{bytes} bytes";

    /// <summary>Whether the answer is an error in the words of an API server.</summary>
    public static bool IsStatus(ApiResponse response) => ReadStatus(response) is not null;

    private static JsonElement? ReadStatus(ApiResponse response)
    {
        try
        {
            var status = TolerantJson.Parse(response.Body.Span);
            return status.Text("kind") == "Status" ? status : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The body of an error, without what must not be shown.</summary>
    /// <param name="response">The answer.</param>
    /// <returns>The body; empty where the answer is no Status of Kubernetes, because some servers echo the request, with its token.</returns>
    public string MaskBody(ApiResponse response)
    {
        if (ReadStatus(response) is not { } status)
            return "";
        using var body = new MemoryStream();
        using (var writer = new Utf8JsonWriter(body, Readable))
            WriteMasked(writer, status);
        return Encoding.UTF8.GetString(body.ToArray());
    }

    private void WriteMasked(Utf8JsonWriter writer, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in element.EnumerateObject().Where(property => property.Text() is not null))
                {
                    writer.WritePropertyName(credential.Mask(property.Text()!));
                    WriteMasked(writer, property.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                    WriteMasked(writer, item);
                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(element.Text() is { } text ? MaskText(text) : null);
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }

    private string? Text(JsonElement element, string name) => element.Text(name) is { } text ? MaskText(text) : null;

    /// <summary>
    /// A text of the server's, without what must not be shown. An object or a patch that the server cannot read it
    /// quotes, whatever secret that holds.
    /// </summary>
    private string MaskText(string text) => credential.Mask(QuotedEnd().Replace(QuotedObject().Replace(text, SensitiveString.Mask), ""));

    /// <summary>A whole object, as one quoted value.</summary>
    [GeneratedRegex("""(?<=Invalid value: )"(\{|map\[)(\\.|[^"\\])*("|$)""", RegexOptions.Singleline)]
    private static partial Regex QuotedObject();

    /// <summary>What an object has at the place of an error, and all that follows.</summary>
    [GeneratedRegex("(, error found in #|, got &).*", RegexOptions.Singleline)]
    private static partial Regex QuotedEnd();

    private string UnauthorizedMessage() => credential.IsGiven
        ? $"{settings.Server} does not accept the credential{OfContext()} ({credential.Kind}{(settings.TokenFile is { } file ? $" {file}" : "")}): it may be wrong, expired, or for another cluster."
        : $"{settings.Server} requires a credential, but the settings{OfContext()} contain none.";

    private string OfContext() => settings.Context is { } context ? $" of the context '{context}'" : "";

    private string TlsMessage(Exception cause) =>
        FindInner<AuthenticationException>(cause) is { InnerException: null }
            ? $"{settings.Server} does not use TLS. Specify an address that begins with http."
            : $"{settings.Server} aborted the TLS handshake: {cause.GetBaseException().Message}";

    private static T? FindInner<T>(Exception? exception)
        where T : Exception
    {
        while (exception is not (null or T))
            exception = exception.InnerException;
        return exception as T;
    }
}
