using KubeInject.Annotations;

namespace KubeInject.Injection;

/// <summary>A variable that every container of a pod gets.</summary>
/// <param name="Database">The database whose credentials it gets.</param>
/// <param name="Name">The variable's name.</param>
/// <param name="Part">What of the credentials it gets.</param>
public sealed record PlannedVariable(DatabaseInjection Database, string Name, CredentialPart Part);
