namespace KubeInject.Kubernetes.Errors;

/// <summary>One of the causes in a <c>Status</c> of the API server, such as one invalid field.</summary>
/// <param name="Reason">The machine's word for it, such as <c>FieldValueInvalid</c>; null where the server gives none.</param>
/// <param name="Message">The cause in words; null where the server gives none.</param>
/// <param name="Field">The field at fault, such as <c>spec.containers[0].name</c>; null where there is none.</param>
public sealed record StatusCause(string? Reason, string? Message, string? Field);
