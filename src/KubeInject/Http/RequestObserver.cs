
namespace KubeInject.Http;

/// <summary>
/// Tells of the requests that a piece of work makes, whichever connection or source of credentials makes them, and of
/// nobody else's: it goes along with the work, into whatever that starts.
/// </summary>
/// <remarks>The event of a connection tells of one connection's instead, whoever uses it.</remarks>
public static class RequestObserver
{
    private static readonly AsyncLocal<Action<CompletedRequest>?> Observer = new();

    /// <summary>
    /// Called after every request of the work that sets it, also after one that got no answer, on the thread that finished
    /// it; null for nobody (default). It must be quick, and must not throw.
    /// </summary>
    public static Action<CompletedRequest>? Current
    {
        get => Observer.Value;
        set => Observer.Value = value;
    }
}
