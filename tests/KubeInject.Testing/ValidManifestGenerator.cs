using System.Globalization;
using System.Text.Json.Nodes;

namespace KubeInject.Testing;

/// <summary>Generates manifests without findings: databases of many kinds, proxies, variables from elsewhere.</summary>
/// <param name="seed">The same seed generates the same manifest.</param>
public sealed class ValidManifestGenerator(int seed)
{
    private const string Prefix = "db-creds-injector.numberly.io/";

    private static readonly string[] Templates =
    [
        "postgres://db:5432/orders", "postgresql://@db/orders?sslmode=verify-full", "postgres://a:5432,b:5432/orders", "postgres://$(DB_HOST):5432/x",
        "mysql://db:3306/orders", "mysql://db:3306/orders?parseTime=true", "mariadb://db/orders", "mongodb://a:27017,b:27018/orders?replicaSet=rs0",
        "mongodb+srv://cluster.example/orders", "rediss://cache:6379/0", "sqlserver://db:1433?database=orders", "amqps://mq:5671/vhost",
        "clickhouse://db:9000/events", "postgres://[fd00::1]:5432/orders", "postgresql+asyncpg://pooler:6432/orders", "cassandra://db:9042/ks",
        "postgres:///orders?host=/run/postgresql", "postgres://localhost:5432/orders",
    ];

    private readonly Random random = new(seed);

    /// <summary>The text of a manifest with one to three workloads.</summary>
    public string Next()
    {
        var documents = new List<JsonObject>();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            if (Chance(40))
                documents.Add(VariableSource(i));
            documents.Add(Workload(i));
        }

        if (Chance(15))
            return new JsonObject { ["apiVersion"] = "v1", ["kind"] = "List", ["items"] = new JsonArray([.. documents]) }.ToJsonString();
        var texts = documents.Select(document => new StyledWriter(random, usesFlow: Chance(40)).Write(document));
        var text = string.Join(Pick("---\n", "---\n# next\n"), texts);
        return Chance(20) ? text.Replace("\n", "\r\n", StringComparison.Ordinal) : text;
    }

    private static JsonObject VariableSource(int index) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "ConfigMap",
        ["metadata"] = new JsonObject { ["name"] = $"settings{index}" },
        ["data"] = new JsonObject { ["LOG_LEVEL"] = "info", ["USER_0"] = "a name that only shows with no prefix in front" },
    };

    private JsonObject Workload(int index)
    {
        var kind = Pick("Pod", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob");
        var usesProxy = false;
        var annotations = new JsonObject { ["prometheus.io/port"] = "9090" };
        if (Chance(30))
            annotations[Prefix + "cluster"] = "databases/eu";
        var hasRoleForAll = Chance(30);
        if (hasRoleForAll)
            annotations[Prefix + "role"] = "shop-rw";
        for (var i = random.Next(1, 4); i > 0; i--)
            usesProxy |= AddDatabase(annotations, string.Create(CultureInfo.InvariantCulture, $"db-{i}"), i, hasRoleForAll);
        return Around(kind, $"w{index}", new JsonObject
        {
            ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["app"] = "shop", ["vault-db-injector"] = "true" }, ["annotations"] = annotations },
            ["spec"] = Spec(index, usesProxy),
        });
    }

    private bool AddDatabase(JsonObject annotations, string name, int index, bool hasRoleForAll)
    {
        void Add(string setting, string value) => annotations[$"{Prefix}{name}.{setting}"] = value;

        if (!hasRoleForAll || Chance(50))
            Add("role", Pick("orders-rw", "1st", "2001-01-01", "true", "5432"));
        if (Chance(50))
        {
            if (Chance(30))
                Add("mode", Pick("classic", "Classic"));
            Add("env-key-dbuser", Pick($"USER_{index}", $"USER_{index},LOGIN_{index}"));
            Add("env-key-dbpassword", $"PASSWORD_{index}");
            return false;
        }

        var template = Pick(Templates);
        Add("mode", Pick("uri", "URI"));
        Add("env-key-uri", $"DATABASE_URL_{index}");
        Add("template", template);
        return template.Contains("localhost", StringComparison.Ordinal);
    }

    private JsonObject Spec(int index, bool usesProxy)
    {
        var init = new JsonArray();
        if (usesProxy || Chance(30))
            init.Add(new JsonObject { ["name"] = "proxy", ["image"] = "example/proxy:1.0", ["restartPolicy"] = "Always" });
        if (Chance(50))
            init.Add(new JsonObject { ["name"] = "migrate", ["image"] = "example/app:1.0", ["args"] = new JsonArray("migrate") });
        var app = new JsonObject { ["name"] = "app", ["image"] = "example/app:1.0" };
        if (Chance(50))
            app["env"] = new JsonArray(new JsonObject { ["name"] = "DB_HOST", ["value"] = "db" });
        if (Chance(50))
            app["envFrom"] = new JsonArray(
                new JsonObject { ["prefix"] = "APP_", ["configMapRef"] = new JsonObject { ["name"] = $"settings{index}" } },
                new JsonObject { ["secretRef"] = new JsonObject { ["name"] = "of-another-pod", ["optional"] = true } });
        var spec = new JsonObject { ["serviceAccountName"] = "shop", ["containers"] = new JsonArray(app) };
        if (init.Count > 0)
            spec["initContainers"] = init;
        return spec;
    }

    private static JsonObject Around(string kind, string name, JsonObject template)
    {
        var metadata = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { ["team"] = "shop" } };
        if (kind == "Pod")
        {
            template["metadata"]!["name"] = name;
            return new JsonObject { ["apiVersion"] = "v1", ["kind"] = kind, ["metadata"] = template["metadata"]!.DeepClone(), ["spec"] = template["spec"]!.DeepClone() };
        }

        var selector = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = "shop" } };
        var spec = kind switch
        {
            "Job" => new JsonObject { ["template"] = template },
            "CronJob" => new JsonObject { ["schedule"] = "0 3 * * *", ["jobTemplate"] = new JsonObject { ["spec"] = new JsonObject { ["template"] = template } } },
            _ => new JsonObject { ["selector"] = selector, ["template"] = template },
        };
        return new JsonObject { ["apiVersion"] = kind is "Job" or "CronJob" ? "batch/v1" : "apps/v1", ["kind"] = kind, ["metadata"] = metadata, ["spec"] = spec };
    }

    private bool Chance(int percent) => random.Next(100) < percent;

    private T Pick<T>(params T[] choices) => choices[random.Next(choices.Length)];
}
