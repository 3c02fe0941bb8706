namespace KubeInject.Testing;

/// <summary>A finding that a document of the corpus says it has.</summary>
/// <param name="Line">The line, counted from 1.</param>
/// <param name="Code">The code.</param>
/// <param name="Key">The whole key that it is about.</param>
public sealed record ExpectedFinding(int Line, string Code, string? Key)
{
    /// <summary>The finding in one line.</summary>
    public override string ToString() => $"line {Line}: {Code} {Key}";
}
