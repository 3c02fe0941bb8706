using KubeInject.Annotations;
using KubeInject.Injection.Annotating;
using KubeInject.Manifests;

namespace KubeInject.Tests.Injection;

/// <summary>Changes labels and annotations in memory.</summary>
internal static class AnnotatingFixture
{
    public const string Prefix = "db-creds-injector.numberly.io/";

    /// <summary>The resulting text; empty if nothing changed.</summary>
    public static (string Text, AnnotatedManifest Result) Run(string text, AnnotationTask task, InjectionOptions? options = null)
    {
        var written = "";
        var result = new ManifestAnnotator(task, options).WriteAsync(
            ManifestSource.FromText(text),
            ManifestOutput.ToStream((content, _) =>
            {
                written = content;
                return Task.CompletedTask;
            }),
            CancellationToken.None).GetAwaiter().GetResult();
        return (written, result);
    }

    public static (string Text, AnnotatedManifest Result) Run(string text, params MetadataChange[] changes) => Run(text, new Changes(changes));

    public static SetMetadata Annotate(string key, string value) => new(MetadataField.Annotation, key, value);

    public static RemoveMetadata Unannotate(string key) => new(MetadataField.Annotation, key);

    public static SetMetadata Label(string key, string value) => new(MetadataField.Label, key, value);

    private sealed class Changes(MetadataChange[] changes) : AnnotationTask
    {
        internal override AnnotationStep Next(IReadOnlyList<PodInjection> injections, InjectionOptions options, int round) =>
            round > 0 ? AnnotationStep.Empty : AnnotationStep.Of(changes);
    }
}
