using KubeInject.Annotations;

namespace KubeInject.Reports;

/// <summary>The request of pods for one database. The URI template is not included, because it can contain a password.</summary>
/// <param name="Name">The pod's own name for the connection.</param>
/// <param name="Role">The role; null if it is not specified.</param>
/// <param name="Mount">The mount path of the database secrets engine.</param>
/// <param name="Variables">The names of the variables that get credentials.</param>
/// <param name="Dialect">The dialect of the annotations.</param>
internal sealed record ReportedDatabase(string Name, string? Role, string Mount, IReadOnlyList<string> Variables, InjectionDialect Dialect);
