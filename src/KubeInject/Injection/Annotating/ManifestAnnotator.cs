using System.Text;
using KubeInject.Annotations;
using KubeInject.Manifests;

namespace KubeInject.Injection.Annotating;

/// <summary>Changes labels and annotations of pod templates in manifests. Changes nothing else.</summary>
internal sealed class ManifestAnnotator
{
    private readonly AnnotationTask task;
    private readonly InjectionOptions options;

    /// <summary>Creates an annotator.</summary>
    /// <param name="task">The task.</param>
    /// <param name="options">The label key and the default mount path. Default: <see cref="InjectionOptions.Default"/>.</param>
    public ManifestAnnotator(AnnotationTask task, InjectionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        this.task = task;
        this.options = options ?? InjectionOptions.Default;
    }

    /// <summary>Plans the changes. Writes nothing.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>One result per pod template. An invalid document does not affect other documents.</returns>
    public Task<AnnotatedManifest> PlanAsync(ManifestSource manifest, CancellationToken cancellationToken) => AttemptAsync(manifest, async () =>
    {
        var run = AnnotationRun.Of(task, options, await manifest.ReadAsync(cancellationToken).ConfigureAwait(false));
        return new AnnotatedManifest { File = manifest.File, Pods = run.Results, DocumentErrors = run.DocumentErrors };
    });

    /// <summary>Changes a manifest and writes the result.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="output">The destination. The text is unchanged if there are no changes.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>One result per pod template. An invalid document does not affect other documents.</returns>
    public Task<AnnotatedManifest> WriteAsync(ManifestSource manifest, ManifestOutput output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        return AttemptAsync(manifest, async () =>
        {
            var text = await manifest.ReadAsync(cancellationToken).ConfigureAwait(false);
            var run = AnnotationRun.Of(task, options, text);
            var content = new StringBuilder();
            for (var i = 0; i < run.Contents.Count; i++)
                content.Append(run.HasFailed(i) && !output.KeepsFailedDocuments ? null : run.Contents[i]);

            // If all documents failed, nothing is written.
            if (content.Length > 0 || run.Contents.Count == 0)
                await output.WriteAsync(manifest, text, run.Contents.Count == 0 ? text.Content : content.ToString(), cancellationToken).ConfigureAwait(false);
            return new AnnotatedManifest
            {
                File = manifest.File,
                Pods = [.. run.Results.Select(pod => pod.Status == AnnotationStatus.Planned ? pod with { Status = AnnotationStatus.Changed } : pod)],
                DocumentErrors = run.DocumentErrors,
            };
        });
    }

    private static async Task<AnnotatedManifest> AttemptAsync(ManifestSource manifest, Func<Task<AnnotatedManifest>> attempt)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        try
        {
            return await attempt().ConfigureAwait(false);
        }
        catch (Exception exception) when (ManifestFailure.Describe(manifest, exception) is { } error)
        {
            return new AnnotatedManifest { File = manifest.File, Error = error };
        }
    }
}
