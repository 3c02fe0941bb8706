namespace KubeInject.Kubernetes.Errors;

/// <summary>The API server answered a request with an error.</summary>
/// <remarks>The message is the server's own, with whatever is secret of the connection masked.</remarks>
/// <param name="statusCode">The HTTP status code.</param>
/// <param name="reason">The server's word for the error.</param>
/// <param name="message">The server's message.</param>
public sealed class KubeApiException(int statusCode, string reason, string message) : Exception(DisplayText.Escape(message.ReplaceLineEndings(" ").Trim()))
{
    /// <summary>The HTTP status code: 404, 409, ….</summary>
    public int StatusCode { get; } = statusCode;

    /// <summary>The server's word for the error, one of <see cref="KubeApiReason"/> or another; never empty.</summary>
    public string Reason { get; } = reason;

    /// <summary>What the error is about; null where the server does not say.</summary>
    public StatusDetails? Details { get; init; }

    /// <summary>The single causes, such as invalid fields; often empty.</summary>
    public IReadOnlyList<StatusCause> Causes { get; init; } = [];

    /// <summary>Whether the server said why, in JSON.</summary>
    internal bool IsExplained { get; init; }
}
