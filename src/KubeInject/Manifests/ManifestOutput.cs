using KubeInject.Manifests.Syntax;

namespace KubeInject.Manifests;

/// <summary>Where changed manifests go.</summary>
public abstract class ManifestOutput
{
    /// <summary>
    /// Whether a document that failed is written as it was. What is written in place must not lose one; what goes to a
    /// cluster must not hold a pod without its credentials.
    /// </summary>
    public virtual bool KeepsFailedDocuments => false;

    /// <summary>Back into the files that the manifests came from.</summary>
    /// <returns>The output.</returns>
    public static ManifestOutput InPlace() => new InPlaceOutput();

    /// <summary>Into files of the same names below a folder, which is made where it is missing.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The output.</returns>
    public static ManifestOutput ToFolder(string folder) => new FolderOutput(folder);

    /// <summary>One after the other into a stream that kubectl reads. A single manifest comes out as it went in.</summary>
    /// <param name="write">Takes the next piece of text; what it throws is passed on.</param>
    /// <param name="takesSeveral">
    /// Whether several manifests are known to come. A stream that begins with JSON is then made one of YAML, so that
    /// YAML can follow; otherwise YAML behind JSON is an error.
    /// </param>
    /// <returns>The output.</returns>
    public static ManifestOutput ToStream(Func<string, CancellationToken, Task> write, bool takesSeveral = false) =>
        new StreamOutput(write, takesSeveral);

    /// <summary>Writes a manifest. It is there as a whole once the task has ended, or not at all.</summary>
    /// <param name="source">Where it came from.</param>
    /// <param name="original">Its text as it was.</param>
    /// <param name="content">Its text as it is to be.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>A task that ends when it is written.</returns>
    /// <exception cref="IOException">It cannot be written; nothing of it was.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for want of permission.</exception>
    public abstract Task WriteAsync(ManifestSource source, ManifestText original, string content, CancellationToken cancellationToken);

    private sealed class InPlaceOutput : ManifestOutput
    {
        public override bool KeepsFailedDocuments => true;

        public override Task WriteAsync(ManifestSource source, ManifestText original, string content, CancellationToken cancellationToken)
        {
            if (source.File is null)
                throw new IOException("What comes from standard input or a pipeline has no file to be written back to. Name files, or have the result written out.");
            return content == original.Content
                ? Task.CompletedTask
                : AtomicFile.WriteAsync(source.File, ManifestText.Encode(content), cancellationToken);
        }
    }

    private sealed class FolderOutput(string folder) : ManifestOutput
    {
        private readonly HashSet<string> written = new(StringComparer.OrdinalIgnoreCase);

        public override Task WriteAsync(ManifestSource source, ManifestText original, string content, CancellationToken cancellationToken)
        {
            if (source.File is null)
                throw new IOException("What comes from standard input or a pipeline has no file name to be written under. Name files, or have the result written out.");

            var target = Path.GetFullPath(Path.Combine(folder, source.Name));
            if (target == Path.GetFullPath(source.File))
                throw new IOException($"{source.File} would be written over itself. Choose another folder, or have it written in place.");
            if (!written.Add(target))
                throw new IOException($"Two manifests are called {source.Name}. Write them into different folders.");
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            return AtomicFile.WriteAsync(target, ManifestText.Encode(content), cancellationToken);
        }
    }

    private sealed class StreamOutput(Func<string, CancellationToken, Task> write, bool takesSeveral) : ManifestOutput
    {
        private bool isJson;
        private bool isFirst = true;
        private bool isLineOpen;

        public override async Task WriteAsync(ManifestSource source, ManifestText original, string content, CancellationToken cancellationToken)
        {
            // kubectl takes a stream that starts with a brace for JSON to its end, and one that starts with "---" for YAML,
            // of which JSON is part.
            var next = JsonReader.IsJson(content);
            isJson = isFirst ? next && !takesSeveral : isJson;
            if (isJson && !next)
                throw new IOException("YAML cannot follow JSON in one stream: kubectl would stop there. Give the YAML manifests first, or have the result written into a folder.");

            var separator = (isLineOpen ? "\n" : "") + (isJson || content.StartsWith("---", StringComparison.Ordinal) || (isFirst && !next) ? "" : "---\n");
            await write(separator + (isFirst ? content : content.TrimStart('\uFEFF')), cancellationToken).ConfigureAwait(false);
            isFirst = false;
            isLineOpen = !content.EndsWith('\n');
        }
    }
}
