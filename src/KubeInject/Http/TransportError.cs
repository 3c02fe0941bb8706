using System.Net.Sockets;

namespace KubeInject.Http;

/// <summary>Reads the kind of a transport failure from an exception of the HTTP client.</summary>
internal static class TransportError
{
    /// <summary>Gets the kind of a failure.</summary>
    /// <param name="failure">The exception of the HTTP client.</param>
    /// <returns>The kind; null if the exception has none.</returns>
    public static HttpRequestError? KindOf(Exception failure)
    {
        var kind = (failure as HttpRequestException)?.HttpRequestError ?? (failure as HttpIOException)?.HttpRequestError;

        // .NET reports a connection that ends during the HTTP/2 handshake as an invalid response.
        return kind == HttpRequestError.InvalidResponse && failure.GetBaseException() is SocketException or HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded }
            ? HttpRequestError.ResponseEnded
            : kind;
    }
}
