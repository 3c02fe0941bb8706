namespace KubeInject.Files;

/// <summary>Writes a file beside its place and then moves it there, so that no reader ever sees half of it.</summary>
internal static class AtomicFile
{
    /// <summary>
    /// Writes the file. An existing file is replaced and keeps its permissions, owner and other attributes if possible; a link
    /// to it stays a link. A new file is readable by its owner only.
    /// </summary>
    /// <exception cref="IOException">The folder or file cannot be written; what was there is unchanged.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for want of permission.</exception>
    public static async Task WriteAsync(string path, byte[] content, CancellationToken cancellationToken)
    {
        using var replacement = FileReplacement.Prepare(path, keepsAll: false);
        await replacement.WriteAsync(content, cancellationToken).ConfigureAwait(false);
        replacement.Complete();
    }
}
