using System.Text.Json;
using KubeInject.Http;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Kubernetes.Client;

/// <summary>Requests whose answer has to be a success, and that the document that was requested.</summary>
internal static class ApiDocuments
{
    /// <summary>Sends a request.</summary>
    /// <returns>The answer.</returns>
    /// <exception cref="KubeApiException">The server answers with an error.</exception>
    /// <exception cref="KubeConnectionException">No answer came.</exception>
    public static async Task<ApiResponse> SendAndEnsureSuccessAsync(this ApiChannel channel, ApiRequest request, CancellationToken cancellationToken)
    {
        var response = await channel.SendAsync(request, cancellationToken);
        return response.IsSuccess ? response : throw channel.Failures.FromError(response);
    }

    /// <summary>Reads any JSON.</summary>
    public static JsonElement ReadJson(this ApiFailures failures, ApiResponse response) =>
        failures.Read(response.Path, "JSON", () => TolerantJson.Parse(response.Body.Span), response.MediaType);

    /// <summary>Reads the one object that was requested.</summary>
    public static KubeObject ReadObject(this ApiFailures failures, ApiResponse response, KubeResource resource) =>
        failures.Read(response.Path, DocumentType.Of(resource), () => KubeObject.FromUtf8(response.Body, resource, failures.Server), response.MediaType);

    /// <summary>Reads an object that is part of an answer.</summary>
    public static KubeObject ReadObject(this ApiFailures failures, string path, ReadOnlyMemory<byte> part, KubeResource resource) =>
        failures.Read(path, DocumentType.Of(resource), () => KubeObject.FromUtf8(part, resource, failures.Server));

    /// <summary>Reads the one pod that was requested.</summary>
    public static Pod ReadPod(this ApiFailures failures, ApiResponse response) =>
        failures.Read(response.Path, DocumentType.Of(KubeResource.Pods), () => Pod.FromUtf8(response.Body, failures.Server), response.MediaType);

    /// <summary>Reads a pod that is part of an answer.</summary>
    public static Pod ReadPod(this ApiFailures failures, string path, ReadOnlyMemory<byte> part) =>
        failures.Read(path, DocumentType.Of(KubeResource.Pods), () => Pod.FromUtf8(part, failures.Server));

    /// <summary>Reads the answer to an object that is sent for its status alone: a review, or the request for a token.</summary>
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

    /// <summary>Makes sure that an answer confirms a deletion: it is the object as it was, or a status of success.</summary>
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

    /// <summary>Reads what the server sent.</summary>
    /// <param name="failures">Makes the error.</param>
    /// <param name="path">The path of the request.</param>
    /// <param name="expected">What was requested, for the error, which shows it as text.</param>
    /// <param name="read">Reads it.</param>
    /// <param name="mediaType">What the server says that it is; null where it does not, or where this is a part of an answer.</param>
    /// <exception cref="KubeConnectionException">It is not what it has to be.</exception>
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
            // The second for names that are no text. Without its cause, which quotes the answer.
            throw failures.WrongDocument(path, $"{mediaType ?? "data"} that is not JSON", $"{expected}");
        }
    }
}
