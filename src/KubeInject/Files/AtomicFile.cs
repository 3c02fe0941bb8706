namespace KubeInject.Files;

/// <summary>Writes files atomically: writes a temporary file and moves it to the destination, so that no reader sees a partial file.</summary>
internal static class AtomicFile
{
    /// <summary>
    /// Writes the file. An existing file is replaced and keeps its permissions, owner and other attributes if possible; a link
    /// to it stays a link. A new file is readable by its owner only.
    /// </summary>
    /// <exception cref="IOException">The folder or file cannot be written. An existing file is unchanged.</exception>
    /// <exception cref="UnauthorizedAccessException">The user has no permission to write. An existing file is unchanged.</exception>
    public static async Task WriteAsync(string path, byte[] content, CancellationToken cancellationToken)
    {
        using var replacement = FileReplacement.Prepare(path, keepsAll: false);
        await replacement.WriteAsync(content, cancellationToken).ConfigureAwait(false);
        replacement.Complete();
    }
}
