namespace KubeInject.Testing;

/// <summary>A manifest that a test made up, with what it means.</summary>
public sealed record GeneratedManifest(string Text, IReadOnlyList<GeneratedPod> Pods);

/// <summary>A pod template of a made-up manifest.</summary>
/// <param name="Kind">Pod, Deployment or CronJob.</param>
/// <param name="Name">Unique in its manifest.</param>
/// <param name="Databases">What it asks for; empty where it asks for nothing.</param>
/// <param name="Containers">Its containers, init containers first.</param>
public sealed record GeneratedPod(string Kind, string Name, IReadOnlyList<GeneratedDatabase> Databases, IReadOnlyList<GeneratedContainer> Containers);

/// <summary>A container and the variables that it declares; a null value stands for a valueFrom.</summary>
public sealed record GeneratedContainer(string Name, bool IsInit, IReadOnlyList<KeyValuePair<string, string?>> Variables);

/// <summary>A database that a pod asks for, in classic mode.</summary>
public sealed record GeneratedDatabase(string Name, string UsernameVariable, string PasswordVariable);
