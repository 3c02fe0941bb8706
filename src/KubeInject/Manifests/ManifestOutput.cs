using KubeInject.Files;
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
    public async Task WriteAsync(ManifestSource source, ManifestText original, string content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(original);
        using var pending = Prepare(source, original, content != original.Content);
        await pending.WriteAsync(content, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Prepares the output of a manifest, so that it fails before anything is issued if the manifest cannot be written.</summary>
    /// <param name="source">Where it came from.</param>
    /// <param name="original">Its text as it was.</param>
    /// <param name="isChanged">Whether the text is going to change.</param>
    /// <exception cref="IOException">The manifest cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The user lacks the permission to write it.</exception>
    internal abstract PendingManifest Prepare(ManifestSource source, ManifestText original, bool isChanged);

    private sealed class InPlaceOutput : ManifestOutput
    {
        public override bool KeepsFailedDocuments => true;

        internal override PendingManifest Prepare(ManifestSource source, ManifestText original, bool isChanged)
        {
            if (source.File is null)
                throw new IOException("A manifest from standard input or a pipeline has no file that can be changed in place. Specify files, or write the result to the output.");
            return isChanged ? new PendingFile(FileReplacement.Prepare(source.File, keepsAll: true), original) : new NothingPending();
        }
    }

    private sealed class FolderOutput(string folder) : ManifestOutput
    {
        private readonly HashSet<string> written = new(StringComparer.OrdinalIgnoreCase);

        internal override PendingManifest Prepare(ManifestSource source, ManifestText original, bool isChanged)
        {
            if (source.File is null)
                throw new IOException("A manifest from standard input or a pipeline has no file name for the output folder. Specify files, or write the result to the output.");

            var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
            var target = Path.GetFullPath(Path.Combine(root, source.Name));
            if (RealPath.Of(target) == RealPath.Of(source.File))
                throw new IOException($"{source.File} would overwrite itself. Choose another folder, or change the file in place.");
            RefuseLinks(root, target);
            if (!written.Add(target))
                throw new IOException($"Two manifests have the name {source.Name}. Write them to different folders.");
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            return new PendingFile(FileReplacement.Prepare(target, keepsAll: true), null);
        }

        // The folder itself may be a link, because the user has named it.
        private static void RefuseLinks(string root, string target)
        {
            for (var part = target; part.Length > root.Length; part = Path.GetDirectoryName(part)!)
            {
                if (new FileInfo(part).LinkTarget is { } link)
                    throw new IOException($"{part} is a link to {link}, and files are not written through links. Remove the link, or choose another folder.");
            }
        }
    }

    private sealed class StreamOutput(Func<string, CancellationToken, Task> write, bool takesSeveral) : ManifestOutput
    {
        private bool isJson;
        private bool isFirst = true;
        private bool isLineOpen;

        internal override PendingManifest Prepare(ManifestSource source, ManifestText original, bool isChanged) => new PendingText(this);

        private async Task WriteAsync(string content, CancellationToken cancellationToken)
        {
            // kubectl takes a stream that starts with a brace for JSON to its end, and one that starts with "---" for YAML,
            // of which JSON is part.
            var next = JsonReader.IsJson(content);
            isJson = isFirst ? next && !takesSeveral : isJson;
            if (isJson && !next)
                throw new IOException("YAML cannot follow JSON in one stream, because kubectl stops there. Specify the YAML manifests first, or write the result to a folder.");

            var separator = (isLineOpen ? "\n" : "") + (isJson || content.StartsWith("---", StringComparison.Ordinal) || (isFirst && !next) ? "" : "---\n");
            await write(separator + (isFirst ? content : content.TrimStart('\uFEFF')), cancellationToken).ConfigureAwait(false);
            isFirst = false;
            isLineOpen = !content.EndsWith('\n');
        }

        private sealed class PendingText(StreamOutput output) : PendingManifest
        {
            public override Task WriteAsync(string content, CancellationToken cancellationToken) => output.WriteAsync(content, cancellationToken);
        }
    }

    /// <summary>A file that stays as it is.</summary>
    private sealed class NothingPending : PendingManifest
    {
        public override Task WriteAsync(string content, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>A file that is replaced.</summary>
    /// <param name="replacement">The file.</param>
    /// <param name="original">The text that was read from this file; null if the manifest is from another file.</param>
    private sealed class PendingFile(FileReplacement replacement, ManifestText? original) : PendingManifest
    {
        public override async Task WriteAsync(string content, CancellationToken cancellationToken)
        {
            await replacement.WriteAsync(ManifestText.Encode(content), cancellationToken).ConfigureAwait(false);
            replacement.CompleteUnlessChanged(original is null ? null : ManifestText.Encode(original.Content));
        }

        public override void Dispose()
        {
            replacement.Dispose();
            base.Dispose();
        }
    }
}
