namespace KubeInject.Annotations.Dialects;

/// <summary>What another injector's words come to in those of the Vault database-credential injector.</summary>
/// <param name="Changes">
/// The changes to the pod's labels and annotations, in order: what is written, then what is removed. Empty where nothing
/// can be carried over.
/// </param>
/// <param name="Left">What could not be carried over, and what to do about it: one sentence each.</param>
public sealed record DialectConversion(IReadOnlyList<MetadataChange> Changes, IReadOnlyList<string> Left);
