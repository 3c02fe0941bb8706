using KubeInject.Annotations;

namespace KubeInject.Injection;

/// <summary>A variable that is added to every container of a pod.</summary>
/// <param name="Database">The database of the credentials.</param>
/// <param name="Name">The variable's name.</param>
/// <param name="Part">The part of the credentials.</param>
internal sealed record PlannedVariable(DatabaseInjection Database, string Name, CredentialPart Part);
