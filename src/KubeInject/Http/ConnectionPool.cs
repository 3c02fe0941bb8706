namespace KubeInject.Http;

/// <summary>A pool of connections with the same client certificate. A retired pool closes its connections after its last request.</summary>
internal sealed class ConnectionPool(ClientCertificate? certificate, SocketsHttpHandler handler) : IDisposable
{
    private readonly HttpMessageInvoker invoker = new(handler);
    private readonly object gate = new();
    private int requests;
    private bool isRetired;

    public bool Shows(ClientCertificate? other) => certificate?.Certificate.Thumbprint == other?.Certificate.Thumbprint;

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => invoker.SendAsync(request, cancellationToken);

    public void Enter()
    {
        lock (gate)
            requests++;
    }

    public void Leave()
    {
        lock (gate)
        {
            requests--;
            CloseIfDone();
        }
    }

    /// <summary>Closes the connections as soon as no request uses them. No new requests may follow.</summary>
    public void Retire()
    {
        lock (gate)
        {
            isRetired = true;
            CloseIfDone();
        }
    }

    public void Dispose() => invoker.Dispose();

    private void CloseIfDone()
    {
        if (isRetired && requests == 0)
            Dispose();
    }
}
