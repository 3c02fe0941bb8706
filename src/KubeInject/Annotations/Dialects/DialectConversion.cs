namespace KubeInject.Annotations.Dialects;

/// <summary>The result of converting annotations of another injector to annotations of the Vault database-credential injector.</summary>
/// <param name="Changes">
/// The changes to the pod's labels and annotations: first the added keys, then the removed keys. Empty if nothing can be
/// converted.
/// </param>
/// <param name="Left">What could not be converted, and the remedy. One sentence for each.</param>
internal sealed record DialectConversion(IReadOnlyList<MetadataChange> Changes, IReadOnlyList<string> Left);
