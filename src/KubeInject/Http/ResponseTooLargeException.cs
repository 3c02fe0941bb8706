namespace KubeInject.Http;

/// <summary>An answer, or a part of it that has to be read as a whole, exceeds a limit.</summary>
/// <param name="part">What is too large, for a message.</param>
/// <param name="limit">The limit in bytes.</param>
internal sealed class ResponseTooLargeException(string part, long limit) : IOException(DisplayText.Escape($"{part} is larger than {limit} bytes."))
{
    /// <summary>What is too large: <c>its answer</c>.</summary>
    public string Part => part;

    /// <summary>The limit in bytes.</summary>
    public long Limit => limit;
}
