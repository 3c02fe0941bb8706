using KubeInject.Files;
using KubeInject.Manifests.Syntax;

namespace KubeInject.Manifests;

/// <summary>The destination of changed manifests.</summary>
public abstract class ManifestOutput
{
    /// <summary>
    /// Whether a failed document is written unchanged. A file that is changed in place must not lose a document. Output for a
    /// cluster must not contain a pod without its credentials.
    /// </summary>
    public virtual bool KeepsFailedDocuments => false;

    /// <summary>Changes the files of the manifests in place.</summary>
    /// <returns>The output.</returns>
    public static ManifestOutput InPlace() => new InPlaceOutput();

    /// <summary>Writes files with the same names to a folder.</summary>
    /// <param name="folder">The folder. It is created if it does not exist.</param>
    /// <returns>The output.</returns>
    public static ManifestOutput ToFolder(string folder) => new FolderOutput(folder);

    /// <summary>Writes all manifests to one stream that kubectl can read. A single manifest keeps its format.</summary>
    /// <param name="write">Writes the next part of the text. Its exceptions are passed on.</param>
    /// <param name="takesSeveral">
    /// Whether several manifests are expected. If true, a stream that starts with JSON is written as a YAML stream, so that
    /// YAML can follow. If false, YAML after JSON is an error. Default: false.
    /// </param>
    /// <returns>The output.</returns>
    public static ManifestOutput ToStream(Func<string, CancellationToken, Task> write, bool takesSeveral = false) =>
        new StreamOutput(write, takesSeveral);

    /// <summary>Writes a manifest completely or not at all.</summary>
    /// <param name="source">The source of the manifest.</param>
    /// <param name="original">The original text.</param>
    /// <param name="content">The new text.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that completes when the manifest is written.</returns>
    /// <exception cref="IOException">The manifest cannot be written. Nothing was written.</exception>
    /// <exception cref="UnauthorizedAccessException">The user has no permission to write the manifest. Nothing was written.</exception>
    public async Task WriteAsync(ManifestSource source, ManifestText original, string content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(original);
        using var pending = Prepare(source, original, content != original.Content);
        await pending.WriteAsync(content, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Prepares the output of a manifest, so that it fails before anything is issued if the manifest cannot be written.</summary>
    /// <param name="source">The source of the manifest.</param>
    /// <param name="original">The original text.</param>
    /// <param name="isChanged">Whether the text will change.</param>
    /// <exception cref="IOException">The manifest cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The user has no permission to write it.</exception>
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
            // kubectl reads a stream that starts with a brace as JSON to its end, and a stream that starts with "---" as YAML,
            // which includes JSON.
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
