using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeInject.Http;

namespace KubeInject.IntegrationTests.Vault;

/// <summary>
/// Implements the part of Vault's HTTP API that KubeInject and its tests use, as Vault 1.8 does: tokens, policies,
/// Kubernetes auth by TokenReview with the real API server, AppRole, a database engine that creates real roles in
/// PostgreSQL, leases that expire shortly after their token, and KV of both versions.
/// </summary>
internal sealed class FakeVault : TestVault
{
    private readonly Server server;

    /// <param name="rootToken">The root token; null for a random one.</param>
    public FakeVault(string? rootToken = null)
    {
        RootToken = rootToken ?? $"s.root{RandomNumberGenerator.GetHexString(20)}";
        server = new Server(this);
    }

    public override Uri Address => server.Address;

    public override string RootToken { get; }

    protected override string UnsealKey { get; } = RandomNumberGenerator.GetHexString(16);

    /// <summary>Runs a fake Vault for other processes: reads the root token, prints the address, and ends with its standard input.</summary>
    public static async Task RunAsync()
    {
        using var vault = new FakeVault(await Console.In.ReadLineAsync());
        await Console.Out.WriteLineAsync(vault.Address.AbsoluteUri);
        await Console.In.ReadLineAsync();
    }

    protected override void Dispose(bool disposing) => server.Dispose();

    private sealed class Server(FakeVault vault) : LoopbackServer
    {
        private readonly Dictionary<string, (string Type, string Version)> mounts = [];
        private readonly Dictionary<string, JsonElement> settings = [];
        private readonly FakeVaultTokens tokens = new();
        private readonly FakeVaultPolicies policies = new();
        private readonly FakeVaultLeases leases = new();
        private readonly FakeVaultStore store = new();
        private readonly object gate = new();
        private bool isSealed;

        protected override async Task ServeAsync(HttpListenerContext context)
        {
            using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
            var text = await reader.ReadToEndAsync();
            var body = text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
            var isList = context.Request.QueryString["list"] == "true";
            var call = new FakeVaultRequest(isList ? "LIST" : context.Request.HttpMethod, context.Request.Url!.AbsolutePath["/v1/".Length..], body, context.Request.Headers["X-Vault-Token"] ?? "");
            FakeVaultResponse answer;
            try
            {
                answer = await AnswerAsync(call);
            }
            catch (FakeVaultException refusal)
            {
                answer = FakeVaultResponse.Error(refusal.Status, [.. refusal.Errors]);
            }

            var bytes = Encoding.UTF8.GetBytes(answer.Body?.ToJsonString() ?? "");
            context.Response.StatusCode = answer.Status;
            context.Response.ContentType = "application/json";
            context.Response.ContentLength64 = bytes.Length;
            if (bytes.Length > 0)
                await context.Response.OutputStream.WriteAsync(bytes);
            context.Response.Close();
        }

        private async Task<FakeVaultResponse> AnswerAsync(FakeVaultRequest call)
        {
            if (call is { Method: "PUT", Path: "sys/unseal" })
            {
                isSealed = call.Text("key") != vault.UnsealKey && isSealed;
                return FakeVaultResponse.Of(new JsonObject { ["sealed"] = isSealed });
            }

            if (isSealed)
                return FakeVaultResponse.Error(503, "error performing token check: Vault is sealed");
            if (call.Segments is ["auth", var mount, "login"])
                return await LogInAsync(mount, call);
            var token = call.Token == vault.RootToken ? FakeVaultToken.Root : tokens.Find(call.Token);
            if (token is not null && call.Segments is ["sys", "internal", "ui", "mounts", ..])
                return Describe(string.Join('/', call.Segments[4..]), token);
            if (token is null || !policies.Allow(token.Policies, call, store.Has(call)))
                return FakeVaultResponse.Error(403, "1 error occurred:\n\t* permission denied\n\n");
            return call.Segments switch
            {
                ["sys", "seal"] => Seal(),
                ["sys", "auth" or "mounts", ..] => Mount(call),
                ["sys", "policies", "acl", var name] when call.Method == "GET" => policies.Text(name) is { } policy ? FakeVaultResponse.Of(new JsonObject { ["name"] = name, ["policy"] = policy }) : FakeVaultResponse.Error(404),
                ["sys", "policies", "acl", var name] when call.Method == "DELETE" => Done(() => policies.Remove(name)),
                ["sys", "policies", "acl", var name] => Done(() => policies.Set(name, call.Text("policy"))),
                ["sys", "leases", ..] => await leases.AnswerAsync(call, Role),
                ["auth", "token", ..] => Tokens(call, token),
                ["auth", ..] => Auth(call),
                [var engine, ..] when mounts.TryGetValue(engine, out var found) => found.Type == "kv" ? store.Answer(call, found.Version) : await DatabaseAsync(call, token),
                _ => FakeVaultResponse.Error(404, $"no handler for route '{call.Path}'"),
            };
        }

        private FakeVaultResponse Seal()
        {
            isSealed = true;
            return FakeVaultResponse.Nothing;
        }

        private FakeVaultResponse Mount(FakeVaultRequest call) => Done(() =>
        {
            var options = call.Body.Get("options");
            lock (gate)
                mounts[string.Join('/', call.Segments[2..])] = (call.Text("type"), options.Text("version") ?? "1");
        });

        /// <summary>Describes a mount to a client that has a permission below it, and to no other client.</summary>
        private FakeVaultResponse Describe(string mount, FakeVaultToken token)
        {
            lock (gate)
            {
                return mounts.TryGetValue(mount, out var found) && policies.ReachBelow(token.Policies, mount)
                    ? FakeVaultResponse.Of(new JsonObject { ["type"] = found.Type, ["path"] = $"{mount}/" })
                    : FakeVaultResponse.Error(403, $"preflight capability check returned 403, please ensure client's policies grant access to path \"{mount}/\"");
            }
        }

        private FakeVaultResponse Tokens(FakeVaultRequest call, FakeVaultToken asker)
        {
            switch (call.Segments[2])
            {
                case "create-orphan":
                    return FakeVaultResponse.OfAuth(tokens.Create(call.Texts("policies"), call.Seconds("period"), call.Body.IsTrue("no_default_policy")));
                case "renew" when tokens.Find(call.Text("token")) is { } token:
                    tokens.Renew(token);
                    return FakeVaultResponse.OfAuth(token);
                case "renew":
                    return FakeVaultResponse.Error(400, "token not found");
                case "lookup":
                    return tokens.Find(call.Text("token")) is null ? FakeVaultResponse.Error(403, "bad token") : FakeVaultResponse.Of([]);
                case "revoke-orphan" when tokens.Find(call.Text("token")) is null:
                    return FakeVaultResponse.Error(400, "token to revoke not found");
                case "revoke" or "revoke-orphan" or "revoke-self":
                    var revoked = call.Segments[2] == "revoke-self" ? asker.Id : call.Text("token");
                    tokens.Remove(revoked);
                    leases.FollowSoon(revoked, Role);
                    return FakeVaultResponse.Nothing;
                default:
                    return FakeVaultResponse.Error(404);
            }
        }

        /// <summary>The configuration of auth methods, stored unchanged.</summary>
        private FakeVaultResponse Auth(FakeVaultRequest call)
        {
            lock (gate)
            {
                if (!mounts.TryGetValue(call.Segments[1], out var method))
                    return FakeVaultResponse.Error(404, $"no handler for route '{call.Path}'");
                if (call.Segments is [_, _, "role", var role, "role-id"] && method.Type == "approle")
                    return FakeVaultResponse.Of(new JsonObject { ["role_id"] = $"id-of-{role}" });
                if (call.Segments is [_, _, "role", _, "secret-id"] && method.Type == "approle")
                {
                    var id = Guid.NewGuid().ToString();
                    settings[$"{call.Path}/{id}"] = default;
                    return FakeVaultResponse.Of(new JsonObject { ["secret_id"] = id });
                }

                return Setting(call);
            }
        }

        private FakeVaultResponse Setting(FakeVaultRequest call)
        {
            lock (gate)
            {
                if (call.Method == "LIST")
                {
                    var keys = settings.Keys.Where(path => path.StartsWith($"{call.Path}/", StringComparison.Ordinal)).Select(path => JsonValue.Create(path[(call.Path.Length + 1)..])).ToArray<JsonNode?>();
                    return keys.Length == 0 ? FakeVaultResponse.Error(404) : FakeVaultResponse.Of(new JsonObject { ["keys"] = new JsonArray(keys) });
                }

                if (call.Method == "GET")
                    return settings.TryGetValue(call.Path, out var setting) ? FakeVaultResponse.Of(InSeconds(setting)) : FakeVaultResponse.Error(404);
                if (call.Method == "DELETE")
                    settings.Remove(call.Path);
                else
                    settings[call.Path] = call.Body;
                return FakeVaultResponse.Nothing;
            }
        }

        /// <summary>Durations are sent with units and returned without.</summary>
        private static JsonObject InSeconds(JsonElement setting)
        {
            var answer = JsonObject.Create(setting)!;
            foreach (var name in answer.Select(property => property.Key).Where(name => name.EndsWith("_ttl", StringComparison.Ordinal) || name.EndsWith("_period", StringComparison.Ordinal)).ToList())
                answer[name] = FakeVaultRequest.Seconds(setting.Get(name));
            return answer;
        }

        private async Task<FakeVaultResponse> LogInAsync(string mount, FakeVaultRequest call)
        {
            JsonElement role, config;
            bool isKnownSecret;
            lock (gate)
            {
                var name = mounts[mount].Type == "approle" ? call.Text("role_id").Replace("id-of-", "", StringComparison.Ordinal) : call.Text("role");
                role = settings.GetValueOrDefault($"auth/{mount}/role/{name}");
                config = settings.GetValueOrDefault($"auth/{mount}/config");
                isKnownSecret = settings.ContainsKey($"auth/{mount}/role/{name}/secret-id/{call.Text("secret_id")}");
            }

            if (mounts[mount].Type == "approle")
            {
                if (!role.Exists() || !isKnownSecret)
                    return FakeVaultResponse.Error(400, role.Exists() ? "invalid secret id" : "invalid role ID");
            }
            else
            {
                if (!role.Exists())
                    return FakeVaultResponse.Error(400, $"invalid role name \"{call.Text("role")}\"");
                await FakeVaultReview.CheckAsync(config, role, call.Text("jwt"));
            }

            return FakeVaultResponse.OfAuth(tokens.LogIn(role));
        }

        private async Task<FakeVaultResponse> DatabaseAsync(FakeVaultRequest call, FakeVaultToken token)
        {
            if (call.Segments is not [var mount, "creds", var name])
                return Setting(call);
            return Role($"{mount}/roles/{name}") is { ValueKind: JsonValueKind.Object } role
                ? await leases.IssueAsync(mount, name, role, token, () => token != FakeVaultToken.Root && tokens.Find(token.Id) is null)
                : FakeVaultResponse.Error(400, $"unknown role: {name}");
        }

        private JsonElement Role(string path)
        {
            lock (gate)
                return settings.GetValueOrDefault(path);
        }

        private static FakeVaultResponse Done(Action action)
        {
            action();
            return FakeVaultResponse.Nothing;
        }
    }
}
