namespace KubeInject.Annotations.Dialects;

/// <summary>A database that annotations of another injector request.</summary>
/// <param name="Injection">The requested database. Lists of variables are empty if no variable is named.</param>
/// <param name="IsStatic">Whether the role is static. Only the other injector supports static roles.</param>
/// <param name="IsShared">Whether the same setting also requests another secret, so that it cannot be removed.</param>
/// <param name="Keys">The keys of annotations that apply only to this database.</param>
/// <param name="Left">One sentence about a use of the credentials that a <see cref="DatabaseInjection"/> cannot represent, or null.</param>
internal sealed record DialectDatabase(DatabaseInjection Injection, bool IsStatic, bool IsShared, IReadOnlyList<string> Keys, string? Left);
