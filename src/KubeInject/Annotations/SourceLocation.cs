namespace KubeInject.Annotations;

/// <summary>A position in a manifest.</summary>
/// <param name="File">The path of the file as the caller specified it. Null if the text is not from a file.</param>
/// <param name="Line">The line, starting at 1.</param>
/// <param name="Column">The column in UTF-16 code units, starting at 1.</param>
public sealed record SourceLocation(string? File, int Line, int Column)
{
    /// <summary>Returns the format of editors and compilers: <c>orders.yaml:12:5</c>. Invisible characters are escaped.</summary>
    public override string ToString() => DisplayText.Escape($"{File ?? "<input>"}:{Line}:{Column}");
}
