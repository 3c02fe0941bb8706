namespace KubeInject.Kubernetes.Errors;

/// <summary>A cause in a <c>Status</c> of the API server, such as an invalid field.</summary>
/// <param name="Reason">The machine-readable reason, such as <c>FieldValueInvalid</c>; null if the server specifies none.</param>
/// <param name="Message">The message; null if the server specifies none.</param>
/// <param name="Field">The invalid field, such as <c>spec.containers[0].name</c>; null if there is none.</param>
public sealed record StatusCause(string? Reason, string? Message, string? Field);
