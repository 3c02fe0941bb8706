using System.Text.Json;

namespace KubeInject.Kubernetes;

/// <summary>Requests whose answer has to be a success, and that a document.</summary>
internal static class ApiDocuments
{
    /// <summary>Sends a request.</summary>
    /// <returns>The body of the answer.</returns>
    /// <exception cref="KubeApiException">The server answers with an error.</exception>
    /// <exception cref="KubeConnectionException">No answer came.</exception>
    public static async Task<ReadOnlyMemory<byte>> SucceedAsync(this ApiChannel channel, ApiRequest request, CancellationToken cancellationToken)
    {
        var response = await channel.SendAsync(request, cancellationToken);
        return response.IsSuccess ? response.Body : throw channel.Failures.FromResponse(response);
    }

    /// <summary>Reads any JSON.</summary>
    public static JsonElement ReadJson(this ApiFailures failures, ReadOnlyMemory<byte> body) =>
        failures.Read(() => TolerantJson.Parse(body.Span), "its answer is not JSON");

    public static KubeObject ReadObject(this ApiFailures failures, ReadOnlyMemory<byte> body, KubeResource resource) =>
        failures.Read(() => KubeObject.FromUtf8(body, resource, failures.Server), "an object is not a JSON object");

    public static Pod ReadPod(this ApiFailures failures, ReadOnlyMemory<byte> body) =>
        failures.Read(() => Pod.FromUtf8(body, failures.Server), "a pod is not a JSON object");

    /// <summary>Reads what the server sent; what it may not be, in the words of the given message.</summary>
    /// <exception cref="KubeConnectionException">It is not what it has to be.</exception>
    public static T Read<T>(this ApiFailures failures, Func<T> read, string message)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second for names that are no text. Without its cause, which quotes the answer.
            throw failures.NotKubernetes(message);
        }
    }
}
