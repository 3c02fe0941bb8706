namespace KubeInject.Http;

/// <summary>A response, or a part of it that is buffered, exceeds a size limit.</summary>
/// <param name="part">The part that is too large, for the message: <c>an event</c>.</param>
/// <param name="limit">The limit in bytes.</param>
internal sealed class ResponseTooLargeException(string part, long limit) : IOException(DisplayText.Escape($"{part} is larger than {limit} bytes."))
{
    /// <summary>The part that is too large: <c>the response</c>.</summary>
    public string Part => part;

    /// <summary>The limit in bytes.</summary>
    public long Limit => limit;
}
