using System.Net;
using System.Net.Http.Headers;
using System.Text;
using KubeInject.Kubernetes.Client;

namespace KubeInject.Client;

/// <summary>Forwards the requests of an HTTP client to a connection, which sends them.</summary>
internal sealed class ChannelHandler(ApiChannel channel) : DelegatingHandler
{
    /// <summary>Sends a request. A successful response is streamed; an error response is buffered and masked.</summary>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // The connection adds its own credential. Another one would not be sent, and must not be in an exception.
        request.Headers.Authorization = null;
        var (response, stream) = await channel.ForwardAsync(await ReadAsync(request, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        return stream is null
            ? Answer(request, (HttpStatusCode)response!.StatusCode, new StringContent(channel.Failures.MaskBody(response), Encoding.UTF8), response.MediaType)
            : Answer(request, stream.StatusCode, new StreamContent(stream.AsStream()), stream.MediaType);
    }

    private static HttpResponseMessage Answer(HttpRequestMessage request, HttpStatusCode status, HttpContent content, string? mediaType)
    {
        content.Headers.ContentType = mediaType is null ? null : new MediaTypeHeaderValue(mediaType);
        return new HttpResponseMessage(status) { RequestMessage = request, Content = content };
    }

    private async Task<ApiRequest> ReadAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = channel.PathOf(request.RequestUri!);
        var isEndless = IsEndless(request.RequestUri!.Query);
        var read = new ApiRequest(request.Method, path)
        {
            Headers = [.. request.Headers.Where(header => header.Key != "Accept")],
            Accept = request.Headers.Accept.Count > 0 ? request.Headers.Accept.ToString() : $"{ApiRequest.Json}, */*",
            IsEndless = isEndless,

            // HTTP/2 pings detect a broken connection while the response is idle.
            Version = isEndless ? HttpVersion.Version20 : HttpVersion.Version11,
        };
        return request.Content is null ? read : read with
        {
            Body = await request.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false),
            ContentType = request.Content.Headers.ContentType?.ToString() ?? ApiRequest.Json,
        };
    }

    /// <summary>Returns whether a request is a watch or follows a log.</summary>
    private static bool IsEndless(string query) => query.TrimStart('?').Split('&').Any(parameter => parameter is "watch=true" or "watch=1" or "follow=true" or "follow=1");
}
