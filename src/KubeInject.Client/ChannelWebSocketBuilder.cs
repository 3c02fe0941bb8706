using System.Net;
using System.Net.WebSockets;
using System.Runtime.ExceptionServices;
using System.Text;
using k8s;
using k8s.Autorest;
using k8s.Models;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;

namespace KubeInject.Client;

/// <summary>Opens WebSockets for exec, attach and port-forward over a connection.</summary>
/// <param name="channel">The connection.</param>
/// <param name="opened">Is called with each open WebSocket.</param>
internal sealed class ChannelWebSocketBuilder(ApiChannel channel, Action<WebSocket> opened) : WebSocketBuilder
{
    /// <summary>Opens the WebSocket.</summary>
    /// <exception cref="HttpOperationException">The server returned an error.</exception>
    /// <exception cref="KubeConnectionException">There was no response.</exception>
    public override async Task<WebSocket> BuildAndConnectAsync(Uri uri, CancellationToken cancellationToken)
    {
        using var handler = new UpgradeHandler(channel);
        using var invoker = new HttpMessageInvoker(handler);
        try
        {
            await WebSocket.ConnectAsync(uri, invoker, cancellationToken).ConfigureAwait(false);
        }
        catch (WebSocketException) when (handler.Failure is not null)
        {
            // The exception of the WebSocket does not contain the reason.
            handler.Failure.Throw();
        }

        opened(WebSocket);
        return WebSocket;
    }

    private sealed class UpgradeHandler(ApiChannel channel) : HttpMessageHandler
    {
        /// <summary>The error of the request; null if it succeeded.</summary>
        public ExceptionDispatchInfo? Failure { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            // The connection adds its own credential. Another one would not be sent, and must not be in an exception.
            request.Headers.Authorization = null;
            try
            {
                var (response, connection) = await channel.UpgradeAsync(request, cancellationToken).ConfigureAwait(false);
                return connection ?? throw Error(request, response!);
            }
            catch (Exception e)
            {
                Failure = ExceptionDispatchInfo.Capture(e);
                throw;
            }
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
