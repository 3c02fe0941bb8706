using KubeInject.Annotations;

namespace KubeInject.Reports;

/// <summary>What pods ask for of one database. The template of a URI is left out, for a password may stand in it.</summary>
/// <param name="Name">The pod's own name for the connection.</param>
/// <param name="Role">The role; null where none is named.</param>
/// <param name="Mount">The mount path of the database secrets engine.</param>
/// <param name="Variables">The names of the variables that get credentials.</param>
/// <param name="Dialect">In whose words they ask.</param>
public sealed record ReportedDatabase(string Name, string? Role, string Mount, IReadOnlyList<string> Variables, InjectionDialect Dialect);
