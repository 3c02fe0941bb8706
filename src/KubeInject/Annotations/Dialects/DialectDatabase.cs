namespace KubeInject.Annotations.Dialects;

/// <summary>A database that is asked for in another injector's words.</summary>
/// <param name="Injection">What is asked for. Variables are empty where none is named.</param>
/// <param name="IsStatic">Whether its credentials come from a static role, which only the other injector reads.</param>
/// <param name="IsShared">Whether what asks for it asks for something else in one breath, so that the one cannot go without the other.</param>
/// <param name="Keys">The annotations that are about this database alone.</param>
/// <param name="Left">What the other injector makes of the credentials and a <see cref="DatabaseInjection"/> cannot say; null for nothing.</param>
internal sealed record DialectDatabase(DatabaseInjection Injection, bool IsStatic, bool IsShared, IReadOnlyList<string> Keys, string? Left);
