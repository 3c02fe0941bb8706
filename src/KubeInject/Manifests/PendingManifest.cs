namespace KubeInject.Manifests;

/// <summary>The prepared output of one manifest.</summary>
internal abstract class PendingManifest : IDisposable
{
    /// <summary>Writes the manifest, completely or not at all.</summary>
    /// <param name="content">The new text.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="IOException">The manifest cannot be written, or its file has changed since it was read.</exception>
    public abstract Task WriteAsync(string content, CancellationToken cancellationToken);

    /// <summary>Deletes the prepared output if it was not written.</summary>
    public virtual void Dispose()
    {
    }
}
