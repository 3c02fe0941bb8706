using System.Text.Json;
using KubeInject.Http;

namespace KubeInject.Credentials.Vault;

/// <summary>What Vault answers.</summary>
/// <param name="StatusCode">The HTTP status code.</param>
/// <param name="Body">The answer; nothing where there is none, or where it is no JSON.</param>
internal sealed record VaultResponse(int StatusCode, JsonElement Body)
{
    private static readonly string[] OwnFields = ["request_id", "data", "auth", "lease_id", "warnings"];

    /// <summary>How long Vault asks to be left alone; null where it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether that is longer than the request may take, so that it was not waited for.</summary>
    public bool IsWaitTooLong { get; init; }

    /// <summary>What the server says that the answer is; null where it does not say.</summary>
    public string? MediaType { get; init; }

    /// <summary>The address that a redirect points to, for messages; null where there is none.</summary>
    public string? RedirectTarget { get; init; }

    public bool IsSuccess => StatusCode is >= 200 and < 300;

    /// <summary>Whether it may be a success of Vault: without content, or with what every answer of Vault has one of.</summary>
    public bool IsOfVault => StatusCode == 204 || OwnFields.Any(name => Body.Get(name).ValueKind != JsonValueKind.Undefined);

    public JsonElement Data => Body.Get("data");

    public JsonElement Auth => Body.Get("auth");

    /// <summary>Vault's own words, which may quote what must not be shown.</summary>
    public IEnumerable<string> Errors => Body.Get("errors").Items().Select(error => error.Text()).OfType<string>();

    /// <summary>Whether one of the errors holds one of the texts.</summary>
    public bool Says(params string[] texts) => Errors.Any(error => texts.Any(text => error.Contains(text, StringComparison.OrdinalIgnoreCase)));

    /// <summary>
    /// Whether there is nothing at a path that exists. Another 404 of Vault says that nothing is mounted there, and one that
    /// is not in Vault's words comes from something before it, which knows nothing of what is there.
    /// </summary>
    public bool IsNothing => StatusCode == 404 && Body.Get("errors").ValueKind == JsonValueKind.Array && !Errors.Any();

    /// <summary>Whether it was turned away at the door: nothing of what was asked has been begun.</summary>
    public bool IsTurnedAway => StatusCode is 412 or 429 or 472 or 473 || IsSealed || (StatusCode == 503 && Says("standby", "not active"));

    public bool IsSealed => StatusCode == 503 && (Says("sealed") || Body.IsTrue("sealed"));

    /// <summary>Prints nothing of the body.</summary>
    public override string ToString() => $"HTTP {StatusCode}";
}
