namespace KubeInject.Http;

/// <summary>Connections that all show the same certificate, closed when the last request that waits for one has its answer.</summary>
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

    /// <summary>No further request comes. Answers that are still being read are read to their end.</summary>
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
