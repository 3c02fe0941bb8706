using System.Text.Json.Nodes;

namespace KubeInject.IntegrationTests.Vault;

/// <summary>A response of the fake Vault.</summary>
internal sealed record FakeVaultResponse(int Status, JsonObject? Body)
{
    public static FakeVaultResponse Nothing { get; } = new(204, null);

    public static FakeVaultResponse Of(JsonObject data) => new(200, new JsonObject { ["lease_id"] = "", ["data"] = data });

    public static FakeVaultResponse OfAuth(FakeVaultToken token) => new(200, new JsonObject
    {
        ["data"] = null,
        ["auth"] = new JsonObject
        {
            ["client_token"] = token.Id,
            ["token_policies"] = new JsonArray([.. token.Policies.Select(policy => JsonValue.Create(policy))]),
            ["lease_duration"] = token.Duration,
            ["renewable"] = token.Type == "service",
            ["token_type"] = token.Type,
            ["num_uses"] = token.Uses,
        },
    });

    public static FakeVaultResponse Error(int status, params string[] errors) =>
        new(status, new JsonObject { ["errors"] = new JsonArray([.. errors.Select(error => JsonValue.Create(error))]) });
}

/// <summary>A response that can be thrown from nested calls.</summary>
internal sealed class FakeVaultException(int status, params string[] errors) : Exception
{
    public int Status => status;

    public IReadOnlyList<string> Errors => errors;
}
