namespace KubeInject.Testing;

/// <summary>A generated manifest and its content.</summary>
public sealed record GeneratedManifest(string Text, IReadOnlyList<GeneratedPod> Pods);

/// <summary>A pod template of a generated manifest.</summary>
/// <param name="Kind">Pod, Deployment or CronJob.</param>
/// <param name="Name">Unique in its manifest.</param>
/// <param name="Databases">The requested databases; can be empty.</param>
/// <param name="Containers">Its containers, init containers first.</param>
public sealed record GeneratedPod(string Kind, string Name, IReadOnlyList<GeneratedDatabase> Databases, IReadOnlyList<GeneratedContainer> Containers);

/// <summary>A container and the variables that it declares; null represents a valueFrom.</summary>
public sealed record GeneratedContainer(string Name, bool IsInit, IReadOnlyList<KeyValuePair<string, string?>> Variables);

/// <summary>A database that a pod requests in classic mode.</summary>
public sealed record GeneratedDatabase(string Name, string UsernameVariable, string PasswordVariable);
