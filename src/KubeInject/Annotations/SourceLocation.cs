namespace KubeInject.Annotations;

/// <summary>A place in a manifest.</summary>
/// <param name="File">The file's path as the caller gave it; null for text that came from no file.</param>
/// <param name="Line">The line, counted from 1.</param>
/// <param name="Column">The column in UTF-16 code units, counted from 1.</param>
public sealed record SourceLocation(string? File, int Line, int Column)
{
    /// <summary>The form that editors and compilers use: <c>orders.yaml:12:5</c>. Invisible characters are escaped.</summary>
    public override string ToString() => DisplayText.Escape($"{File ?? "<input>"}:{Line}:{Column}");
}
