
namespace KubeInject.Http;

/// <summary>
/// Observes the requests of the current asynchronous operation, on any connection and of any credential source, and no
/// requests of other operations. The observer flows with the execution context.
/// </summary>
/// <remarks>To observe all requests of one connection, use the event <c>RequestCompleted</c> of the connection.</remarks>
internal static class RequestObserver
{
    private static readonly AsyncLocal<Action<CompletedRequest>?> Observer = new();

    /// <summary>
    /// Is called after each request, even if there was no response, on the thread that completed the request. It must
    /// return quickly and must not throw. Null for no observer (default).
    /// </summary>
    public static Action<CompletedRequest>? Current
    {
        get => Observer.Value;
        set => Observer.Value = value;
    }
}
