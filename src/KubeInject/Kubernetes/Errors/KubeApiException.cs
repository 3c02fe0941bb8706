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

/// <summary>The object to which a <c>Status</c> of the API server refers.</summary>
/// <param name="Group">The API group; null for the core group.</param>
/// <param name="Kind">The resource as the server names it: <c>pods</c>; null if it is not specified.</param>
/// <param name="Name">The name of the object; null if it is not specified.</param>
public sealed record StatusDetails(string? Group, string? Kind, string? Name);

/// <summary>A cause in a <c>Status</c> of the API server, such as an invalid field.</summary>
/// <param name="Reason">The machine-readable reason, such as <c>FieldValueInvalid</c>; null if the server specifies none.</param>
/// <param name="Message">The message; null if the server specifies none.</param>
/// <param name="Field">The invalid field, such as <c>spec.containers[0].name</c>; null if there is none.</param>
public sealed record StatusCause(string? Reason, string? Message, string? Field);
