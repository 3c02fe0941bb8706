using System.Net.Http.Json;
using System.Text.Json;
using KubeInject.Http;

namespace KubeInject.IntegrationTests.Vault;

/// <summary>A Vault for tests: a real one or the fake. Both are configured and inspected over the same HTTP API.</summary>
internal abstract class TestVault : IDisposable
{
    private readonly HttpClient client = new(new SocketsHttpHandler { UseProxy = false });

    public abstract Uri Address { get; }

    public abstract string RootToken { get; }

    /// <summary>The key that unseals it.</summary>
    protected abstract string UnsealKey { get; }

    public static TestVault Start(VaultKind kind) => kind == VaultKind.Real ? new RealVault(VaultKinds.Program!) : new FakeVault();

    /// <summary>Sends a request as root, and requires that it succeeds.</summary>
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, object? body = null)
    {
        var (status, answer) = await AskAsync(method, path, body);
        Assert.True(status is >= 200 and < 300, $"{method} {path}: {status} {answer}");
        return answer;
    }

    public async Task<(int Status, JsonElement Answer)> AskAsync(HttpMethod method, string path, object? body = null)
    {
        using var message = new HttpRequestMessage(method, new Uri(Address, $"/v1/{path}"));
        message.Headers.Add("X-Vault-Token", RootToken);
        if (body is not null)
            message.Content = JsonContent.Create(body, options: JsonSerializerOptions.Default);
        using var response = await client.SendAsync(message);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text));
    }

    public Task WriteAsync(string path, object? body = null) => SendAsync(HttpMethod.Post, path, body ?? new { });

    public Task SealAsync() => SendAsync(HttpMethod.Put, "sys/seal");

    public Task UnsealAsync() => SendAsync(HttpMethod.Put, "sys/unseal", new { key = UnsealKey });

    /// <summary>The IDs of the existing leases of a database role.</summary>
    public async Task<IReadOnlyList<string>> LeasesAsync(string role)
    {
        var (_, answer) = await AskAsync(HttpMethod.Get, $"sys/leases/lookup/databases/creds/{role}?list=true");
        return [.. answer.Get("data").Get("keys").Items().Select(key => $"databases/creds/{role}/{key.GetString()}")];
    }

    public async Task<bool> HasTokenAsync(string token) => (await AskAsync(HttpMethod.Post, "auth/token/lookup", new { token })).Status == 200;

    public void Dispose()
    {
        client.Dispose();
        Dispose(disposing: true);
    }

    protected abstract void Dispose(bool disposing);
}
