using System.Text.Json;
using KubeInject.Http;

namespace KubeInject.Credentials.Vault;

/// <summary>A response of Vault.</summary>
/// <param name="StatusCode">The HTTP status code.</param>
/// <param name="Body">The JSON body; undefined if there is no body or if it is not JSON.</param>
internal sealed record VaultResponse(int StatusCode, JsonElement Body)
{
    private static readonly string[] VaultFields = ["request_id", "data", "auth", "lease_id", "warnings"];

    /// <summary>The delay in the Retry-After header; null if there is none.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether <see cref="RetryAfter"/> exceeds the time limit of the request, so the request was not retried.</summary>
    public bool IsWaitTooLong { get; init; }

    /// <summary>The media type in the Content-Type header; null if there is none.</summary>
    public string? MediaType { get; init; }

    /// <summary>The target address of a redirect, for messages; null if the response is not a redirect.</summary>
    public string? RedirectTarget { get; init; }

    public bool IsSuccess => StatusCode is >= 200 and < 300;

    /// <summary>Whether a successful response can be from Vault: it has no content, or at least one of the fields that all Vault responses have.</summary>
    public bool IsFromVault => StatusCode == 204 || VaultFields.Any(name => Body.Get(name).ValueKind != JsonValueKind.Undefined);

    public JsonElement Data => Body.Get("data");

    public JsonElement Auth => Body.Get("auth");

    /// <summary>The error messages of Vault, which can quote secrets.</summary>
    public IEnumerable<string> Errors => Body.Get("errors").Items().Select(error => error.Text()).OfType<string>();

    /// <summary>Whether one of the errors contains one of the texts, ignoring case.</summary>
    public bool HasError(params string[] texts) => Errors.Any(error => texts.Any(text => error.Contains(text, StringComparison.OrdinalIgnoreCase)));

    /// <summary>
    /// Whether the mount exists but has nothing at this path. If a 404 has an error message, no engine is mounted there. If a 404
    /// has no errors field, a proxy returned it, and nothing is known about the path.
    /// </summary>
    public bool IsNotFound => StatusCode == 404 && Body.Get("errors").ValueKind == JsonValueKind.Array && !Errors.Any();

    /// <summary>Whether Vault rejected the request before processing it, so the request can be repeated safely.</summary>
    public bool WasRejectedBeforeProcessing => StatusCode is 412 or 429 or 472 or 473 || IsSealed || (StatusCode == 503 && HasError("standby", "not active"));

    public bool IsSealed => StatusCode == 503 && (HasError("sealed") || Body.IsTrue("sealed"));

    /// <summary>Returns only the status code, because the body can contain secrets.</summary>
    public override string ToString() => $"HTTP {StatusCode}";
}
