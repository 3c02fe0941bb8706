using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;

namespace KubeInject.IntegrationTests.Vault;

/// <summary>A proxy between a client and a Vault of either kind. It forwards requests or simulates a fault.</summary>
internal sealed class VaultProxy(Uri vault) : LoopbackServer
{
    private readonly HttpClient client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
    private readonly ConcurrentQueue<Request> requests = new();
    private readonly CancellationTokenSource stop = new();

    /// <summary>The fault for a request; null to forward the request.</summary>
    public Func<Request, Fault?> Rule { get; set; } = _ => null;

    /// <summary>The requests so far, oldest first.</summary>
    public IReadOnlyCollection<Request> Requests => requests;

    public int Count(string path) => requests.Count(request => request.Path == path);

    /// <summary>Forwards all requests, and clears the recorded ones.</summary>
    public void Reset()
    {
        Rule = _ => null;
        requests.Clear();
    }

    /// <summary>Simulates faults for the first requests for a path, one fault for each request.</summary>
    public void First(string path, params Fault[] faults)
    {
        var queue = new ConcurrentQueue<Fault>(faults);
        Rule = request => request.Path == path && queue.TryDequeue(out var fault) ? fault : null;
    }

    protected override async Task ServeAsync(HttpListenerContext context)
    {
        using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
        var body = await reader.ReadToEndAsync();
        var request = new Request(context.Request.HttpMethod, context.Request.RawUrl![4..], context.Request.Headers["X-Vault-Token"], body);
        requests.Enqueue(request);
        if (Rule(request) is not { } fault)
        {
            await PassAsync(context, request);
            return;
        }

        if (fault.PassesFirst)
            using (await SendAsync(request))
                fault.After?.Invoke();
        if (fault.NeverAnswers)
            await Task.Delay(Timeout.Infinite, stop.Token);
        if (fault.Status == 0)
        {
            await HangUpAsync(context);
            return;
        }

        foreach (var (name, value) in fault.Headers)
            context.Response.AddHeader(name, value);
        await AnswerAsync(context, fault.Status, Encoding.UTF8.GetBytes(fault.Body));
    }

    protected override void Dispose(bool disposing)
    {
        stop.Cancel();
        client.Dispose();
        stop.Dispose();
        base.Dispose(disposing);
    }

    private async Task PassAsync(HttpListenerContext context, Request request)
    {
        using var response = await SendAsync(request);
        await AnswerAsync(context, (int)response.StatusCode, await response.Content.ReadAsByteArrayAsync());
    }

    private async Task<HttpResponseMessage> SendAsync(Request request)
    {
        using var message = new HttpRequestMessage(new HttpMethod(request.Method), new Uri(vault, $"/v1/{request.Path}"));
        if (request.Token is not null)
            message.Headers.Add("X-Vault-Token", request.Token);
        if (request.Body.Length > 0)
            message.Content = new StringContent(request.Body, Encoding.UTF8, "application/json");
        return await client.SendAsync(message);
    }

    /// <summary>The connection is reset within a response.</summary>
    private static async Task HangUpAsync(HttpListenerContext context)
    {
        context.Response.ContentLength64 = 100;
        await context.Response.OutputStream.WriteAsync("{"u8.ToArray());
        await context.Response.OutputStream.FlushAsync();
        context.Response.Abort();
    }

    private static async Task AnswerAsync(HttpListenerContext context, int status, byte[] body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        if (status == 204)
        {
            context.Response.Close();
            return;
        }

        context.Response.ContentLength64 = body.Length;
        await context.Response.OutputStream.WriteAsync(body);
        context.Response.Close();
    }

    /// <summary>A request, and its path without <c>/v1/</c>.</summary>
    internal sealed record Request(string Method, string Path, string? Token, string Body);

    /// <summary>A response to send instead of forwarding: a status and a body, or 0 to close the connection.</summary>
    internal sealed record Fault(int Status, string Body = "")
    {
        public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

        /// <summary>Whether to forward the request first.</summary>
        public bool PassesFirst { get; init; }

        /// <summary>An action after the request was forwarded.</summary>
        public Action? After { get; init; }

        public bool NeverAnswers { get; init; }

        public static Fault HangUp { get; } = new(0);

        public static Fault Error(int status, string message) => new(status, $$"""{"errors":["{{message}}"]}""");

        public static Fault Busy(int seconds) => Error(429, "rate limit quota exceeded") with
        {
            Headers = new Dictionary<string, string> { ["Retry-After"] = seconds.ToString(CultureInfo.InvariantCulture) },
        };
    }
}
