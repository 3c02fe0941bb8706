using System.Net;
using System.Net.WebSockets;
using System.Text;
using k8s;
using k8s.Autorest;
using k8s.Models;
using KubeInject.Kubernetes;

namespace KubeInject.Client;

/// <summary>Opens WebSockets, for exec, attach and port-forward, over a connection.</summary>
internal sealed class ChannelWebSocketBuilder(ApiChannel channel) : WebSocketBuilder
{
    /// <summary>Opens the WebSocket.</summary>
    /// <exception cref="HttpOperationException">The server answers with an error.</exception>
    /// <exception cref="KubeConnectionException">No answer comes.</exception>
    public override async Task<WebSocket> BuildAndConnectAsync(Uri uri, CancellationToken cancellationToken)
    {
        using var invoker = new HttpMessageInvoker(new UpgradeHandler(channel));
        try
        {
            await WebSocket.ConnectAsync(uri, invoker, cancellationToken).ConfigureAwait(false);
            return WebSocket;
        }
        catch (WebSocketException e) when (e.InnerException is HttpOperationException or KubeConnectionException or KubeConfigurationException)
        {
            // The WebSocket's own error says that it could not be opened, and not why.
            throw e.InnerException;
        }
    }

    private sealed class UpgradeHandler(ApiChannel channel) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var (response, connection) = await channel.UpgradeAsync(request, cancellationToken).ConfigureAwait(false);
            return connection ?? throw Error(request, response!);
        }

        private HttpOperationException Error(HttpRequestMessage request, ApiResponse response)
        {
            var body = channel.Failures.MaskBody(response);
            using var answer = new HttpResponseMessage((HttpStatusCode)response.StatusCode) { Content = new StringContent(body, Encoding.UTF8) };
            return new HttpOperationException($"Operation returned an invalid status code '{answer.StatusCode}', response body {body}")
            {
                Request = new HttpRequestMessageWrapper(request, ""),
                Response = new HttpResponseMessageWrapper(answer, body),
                Body = body.Length > 0 ? KubernetesJson.Deserialize<V1Status>(body) : null,
            };
        }
    }
}
