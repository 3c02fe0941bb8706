using System.IO.Compression;

namespace KubeInject.Reports;

/// <summary>Reads the compressed texts that the assembly contains.</summary>
internal static class EmbeddedText
{
    /// <summary>Reads a text.</summary>
    /// <param name="name">The name of its file: <c>findings.md</c>.</param>
    public static string Read(string name)
    {
        using var stream = new GZipStream(typeof(EmbeddedText).Assembly.GetManifestResourceStream(name)!, CompressionMode.Decompress);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
