using System.Text.Json;
using KubeInject.Http;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Kubernetes.Client;

/// <summary>Reads and validates the documents of successful responses.</summary>
internal static class ApiDocuments
{
    /// <summary>Sends a request and throws if the response is not successful.</summary>
    /// <returns>The successful response.</returns>
    /// <exception cref="KubeApiException">The server returned an error.</exception>
    /// <exception cref="KubeConnectionException">There was no response.</exception>
    public static async Task<ApiResponse> SendAndEnsureSuccessAsync(this ApiChannel channel, ApiRequest request, CancellationToken cancellationToken)
    {
        var response = await channel.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return response.IsSuccess ? response : throw channel.Failures.FromError(response);
    }

    /// <summary>Reads a response as JSON.</summary>
    public static JsonElement ReadJson(this ApiFailures failures, ApiResponse response) =>
        failures.Read(response.Path, "JSON", () => TolerantJson.Parse(response.Body.Span), response.MediaType);

    /// <summary>Reads a response as an object.</summary>
    public static KubeObject ReadObject(this ApiFailures failures, ApiResponse response, KubeResource resource) =>
        failures.Read(response.Path, DocumentType.Of(resource), () => KubeObject.FromUtf8(response.Body, resource, failures.Server), response.MediaType);

    /// <summary>Reads an object that is a part of a response.</summary>
    public static KubeObject ReadObject(this ApiFailures failures, string path, ReadOnlyMemory<byte> part, KubeResource resource) =>
        failures.Read(path, DocumentType.Of(resource), () => KubeObject.FromUtf8(part, resource, failures.Server));

    /// <summary>Reads a response as a pod.</summary>
    public static Pod ReadPod(this ApiFailures failures, ApiResponse response) =>
        failures.Read(response.Path, DocumentType.Of(KubeResource.Pods), () => Pod.FromUtf8(response.Body, failures.Server), response.MediaType);

    /// <summary>Reads a pod that is a part of a response.</summary>
    public static Pod ReadPod(this ApiFailures failures, string path, ReadOnlyMemory<byte> part) =>
        failures.Read(path, DocumentType.Of(KubeResource.Pods), () => Pod.FromUtf8(part, failures.Server));

    /// <summary>Reads the status from the response to a review or a token request.</summary>
    /// <returns>The status.</returns>
    public static JsonElement ReadStatus(this ApiFailures failures, ApiResponse response, DocumentType type) => failures.Read(
        response.Path,
        type,
        () =>
        {
            var review = TolerantJson.Parse(response.Body.Span);
            DocumentType.Require(review, type);
            return review.Get("status") is { ValueKind: JsonValueKind.Object } status ? status : throw new WrongDocumentException("an object without a status");
        },
        response.MediaType);

    /// <summary>Validates that a response confirms a deletion: it must be the deleted object or a successful Status.</summary>
    public static void RequireDeleted(this ApiFailures failures, ApiResponse response, KubeResource resource) => failures.Read(
        response.Path,
        $"a confirmation of the deletion of {DocumentType.Of(resource)}",
        () =>
        {
            var answer = TolerantJson.Parse(response.Body.Span);
            DocumentType.Require(answer, DocumentType.Status, DocumentType.Of(resource));
            return answer.Text("kind") == DocumentType.Status.Kind && answer.Text("status") == "Failure" ? throw new WrongDocumentException("kind Status (v1), which reports a failure") : true;
        },
        response.MediaType);

    /// <summary>Reads a document and converts parse errors to <see cref="KubeConnectionException"/>.</summary>
    /// <param name="failures">Creates the error.</param>
    /// <param name="path">The path of the request.</param>
    /// <param name="expected">The requested document; the error contains its text form.</param>
    /// <param name="read">The function that reads the document.</param>
    /// <param name="mediaType">The media type of the response; null if it is unknown or the document is a part of a response.</param>
    /// <exception cref="KubeConnectionException">The document is not the requested one.</exception>
    public static T Read<T>(this ApiFailures failures, string path, object expected, Func<T> read, string? mediaType = null)
    {
        try
        {
            return read();
        }
        catch (WrongDocumentException e)
        {
            throw failures.WrongDocument(path, e.Message, $"{expected}");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: names with invalid text. No inner exception, because it quotes the response.
            throw failures.WrongDocument(path, $"{mediaType ?? "data"} that is not JSON", $"{expected}");
        }
    }
}
