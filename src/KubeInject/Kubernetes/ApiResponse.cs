namespace KubeInject.Kubernetes;

/// <summary>An answer of the server, read to its end.</summary>
internal sealed record ApiResponse(int StatusCode, string? MediaType, byte[] Body)
{
    public bool IsSuccess => StatusCode is >= 200 and < 300;
}
