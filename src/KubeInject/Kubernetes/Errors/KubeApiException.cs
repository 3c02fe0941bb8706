namespace KubeInject.Kubernetes.Errors;

/// <summary>The API server returned an error.</summary>
/// <remarks>The message comes from the server. Secrets of the connection are masked.</remarks>
/// <param name="statusCode">The HTTP status code.</param>
/// <param name="reason">The machine-readable reason.</param>
/// <param name="message">The message of the server.</param>
public sealed class KubeApiException(int statusCode, string reason, string message) : Exception(DisplayText.Escape(message.ReplaceLineEndings(" ").Trim()))
{
    /// <summary>The HTTP status code: 404, 409, ….</summary>
    public int StatusCode { get; } = statusCode;

    /// <summary>The machine-readable reason: a constant of <see cref="KubeApiReason"/> or another value. Never empty.</summary>
    public string Reason { get; } = reason;

    /// <summary>The object that the error refers to; null if the server does not specify it.</summary>
    public StatusDetails? Details { get; init; }

    /// <summary>The individual causes, such as invalid fields. Often empty.</summary>
    public IReadOnlyList<StatusCause> Causes { get; init; } = [];

    /// <summary>Whether the response was a Status in JSON.</summary>
    internal bool IsExplained { get; init; }
}
