namespace KubeInject.Testing;

/// <summary>An expected finding of a document of the corpus.</summary>
/// <param name="Line">The line number, from 1.</param>
/// <param name="Code">The code.</param>
/// <param name="Key">The full key with the finding.</param>
public sealed record ExpectedFinding(int Line, string Code, string? Key)
{
    /// <summary>The finding in one line.</summary>
    public override string ToString() => $"line {Line}: {Code} {Key}";
}
