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

/// <summary>Converts error responses and transport failures to exceptions.</summary>
internal sealed partial class ApiFailures(ConnectionSettings settings, RequestCredential credential, ServerTrust trust)
{
    // Does not escape quotation marks, because users read the body.
    private static readonly JsonWriterOptions ReadableJson = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The API server.</summary>
    public Uri Server => settings.Server;

    /// <summary>The connection was disposed of while the request was under way.</summary>
    public static ObjectDisposedException Ended() => new("KubeConnection");

    public KubeConnectionException FromTimeout(string problem, TimeSpan limit, Exception cause) => new(
        KubeConnectionFailure.Timeout,
        string.Create(CultureInfo.InvariantCulture, $"{settings.Server} {problem} within {limit.TotalSeconds:0.###} s."),
        cause);

    /// <summary>Creates the error for a request without a response or with an incomplete one.</summary>
    public KubeConnectionException FromTransport(string path, Exception cause, int? statusCode = null)
    {
        // An inner exception may be more specific.
        if (FindInner<KubeConnectionException>(cause) is { } known)
            return known;
        if (FindInner<ProxyException>(cause) is { } proxy)
            return new(KubeConnectionFailure.ProxyFailed, proxy.Message, proxy.InnerException);
        if (FindInner<ResponseTooLargeException>(cause) is { } tooLarge)
            return LimitExceeded(path, $"{tooLarge.Part} is larger than {ByteCount(tooLarge.Limit)}");

        // The response cannot be decompressed.
        if (cause is InvalidDataException)
            return NotKubernetes("its response cannot be read", cause);
        var socketError = FindInner<SocketException>(cause)?.SocketErrorCode;
        return TransportError.KindOf(cause) switch
        {
            HttpRequestError.NameResolutionError => new(
                KubeConnectionFailure.NameNotResolved, $"The host name {settings.Server.IdnHost} of the API server cannot be resolved.", cause),
            HttpRequestError.SecureConnectionError when trust.LastFailure is { } failure => new(ReasonOf(failure.Problem), failure.Message, cause),
            HttpRequestError.SecureConnectionError => new(KubeConnectionFailure.TlsFailed, TlsMessage(cause), cause),

            // No inner exception, because it quotes the response, which may echo the request.
            HttpRequestError.InvalidResponse => NotKubernetes("it does not use HTTP"),
            _ when socketError is SocketError.ConnectionRefused => new(
                KubeConnectionFailure.Unreachable, $"Nothing listens at {settings.Server}: the connection was refused.", cause),
            _ => new(KubeConnectionFailure.Unreachable, $"{settings.Server} cannot be reached: {cause.GetBaseException().Message}", cause) { StatusCode = statusCode },
        };
    }

    /// <summary>Creates the error for a response that arrives too slowly.</summary>
    public KubeConnectionException TooSlow(string path, long received, TimeSpan elapsed, int minBytesPerSecond, Exception cause) => new(
        KubeConnectionFailure.Timeout,
        string.Create(
            CultureInfo.InvariantCulture,
            $"{settings.Server} sends its response to {path} too slowly: {received} bytes in {elapsed.TotalSeconds:0.###} s. After the request timeout of {settings.Timeout.TotalSeconds:0.###} s, it must send at least {minBytesPerSecond} bytes per second. Check the network, or increase the timeout."),
        cause);

    /// <summary>Creates the error for a response that exceeds a limit.</summary>
    /// <param name="path">The path of the request.</param>
    /// <param name="limit">The exceeded limit, with its value.</param>
    public KubeConnectionException LimitExceeded(string path, string limit) => new(
        KubeConnectionFailure.LimitExceeded,
        $"{settings.Server} exceeds a limit in its response to {path}: {limit}. List fewer objects at a time (specify a namespace or a selector), or check which server responds at this address.");

    /// <summary>Creates the error for a response with another document than the requested one.</summary>
    /// <param name="path">The path of the request.</param>
    /// <param name="what">The received document.</param>
    /// <param name="expected">The requested document.</param>
    public KubeConnectionException WrongDocument(string path, string what, string expected) =>
        NotKubernetes(credential.Mask($"it answered {path} with {what}, but {expected} was requested"));

    /// <summary>Creates the error for a watch that the server ended.</summary>
    public KubeConnectionException BrokenOff(string path) =>
        new(KubeConnectionFailure.Unreachable, $"{settings.Server} ended its response to {path}.");

    /// <summary>Creates the error for a response that is not successful.</summary>
    public Exception FromError(ApiResponse response) => Redirect.IsRedirect(response.StatusCode) ? Redirected(response) : FromResponse(response);

    /// <summary>Creates the error for an error response.</summary>
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

    /// <summary>Creates the error for an error event in a watch.</summary>
    public KubeApiException FromEvent(ReadOnlyMemory<byte> status)
    {
        var response = new ApiResponse(500, null, status);
        return FromResponse(ReadStatus(response) is { } read && read.Int("code") is >= 400 and var code ? response with { StatusCode = code } : response);
    }

    /// <summary>Returns whether the server or a component that it called timed out, so that a retry can succeed.</summary>
    public bool IsTimeout(ApiResponse response) => FromResponse(response).Reason is KubeApiReason.Timeout or KubeApiReason.ServerTimeout;

    /// <summary>Creates the error for an unsuccessful response while connecting.</summary>
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

        // The body is not quoted, because some servers echo the request with its token.
        return NotKubernetes(
            $"it answered {response.StatusCode} with {response.MediaType ?? "no content"}" +
            (response.StatusCode == 400 && settings.Server.Scheme == Uri.UriSchemeHttp ? "; specify an address that begins with https if the server uses TLS" : ""));
    }

    /// <summary>Creates the error for a server that ignores the credential while connecting.</summary>
    public KubeConnectionException CredentialIgnored(ApiResponse response) => new(
        KubeConnectionFailure.Unauthorized,
        $"{settings.Server} ignores the credential{OfContext()} ({credential.Kind}) and treats the user as {ConnectionIdentity.Anonymous}: " + (credential.Kind == "basic"
            ? "it does not support basic authentication, which Kubernetes 1.19 removed. Use a token, a client certificate or an exec plugin."
            : "it does not support credentials of this kind, or an intermediary, such as a proxy that terminates TLS, removes the credential. Connect directly to the API server, or use another kind of credential."),
        response.IsSuccess ? null : FromResponse(response));

    public KubeConnectionException NotKubernetes(string problem, Exception? cause = null) => new(
        KubeConnectionFailure.NotKubernetes, $"The server at {settings.Server} does not respond like a Kubernetes API server: {problem}.", cause);

    private KubeConnectionException Redirected(ApiResponse response) => NotKubernetes(credential.Mask(
        $"it redirects {response.Path}{(response.RedirectTarget is { } target ? $" to {target}" : $" ({response.StatusCode})")}. Redirects are not followed, because they could send the credential to another server. Use the address of the API server itself"));

    private static KubeConnectionFailure ReasonOf(CertificateProblem problem) => problem switch
    {
        CertificateProblem.Expired => KubeConnectionFailure.ExpiredCertificate,
        CertificateProblem.WrongHostName => KubeConnectionFailure.WrongHostName,
        _ => KubeConnectionFailure.UntrustedCertificate,
    };

    private static string ByteCount(long bytes) => bytes >= 1 << 20 ? $"{bytes >> 20} MiB" : $"{bytes} bytes";

    /// <summary>Returns whether the response is a Kubernetes Status.</summary>
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

    /// <summary>Gets the body of an error response with secrets masked.</summary>
    /// <param name="response">The error response.</param>
    /// <returns>The body; empty if the response is not a Kubernetes Status, because some servers echo the request with its token.</returns>
    public string MaskBody(ApiResponse response)
    {
        if (ReadStatus(response) is not { } status)
            return "";
        using var body = new MemoryStream();
        using (var writer = new Utf8JsonWriter(body, ReadableJson))
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
    /// Masks secrets in a text from the server. If the server cannot read an object or a patch, its message quotes the
    /// content, which may be a Secret.
    /// </summary>
    private string MaskText(string text) => credential.Mask(QuotedEnd().Replace(QuotedObject().Replace(text, SensitiveString.Mask), ""));

    /// <summary>A complete object as a quoted value.</summary>
    [GeneratedRegex("""(?<=Invalid value: )"(\{|map\[)(\\.|[^"\\])*("|$)""", RegexOptions.Singleline)]
    private static partial Regex QuotedObject();

    /// <summary>The content of an object at the location of an error, and all text after it.</summary>
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
