using System.Text.Json.Nodes;
using KubeInject.Injection.Rotation;

namespace KubeInject.Tests.Injection;

/// <summary>The previous credentials are restored in place, and nothing else changes.</summary>
public sealed class TemplateRestorationTests
{
    private const string Before = """
        {"metadata":{"annotations":{"db-creds-injector.numberly.io/orders.role":"rw","db-creds-injector.numberly.io/uuid":"OLD"}},
         "spec":{"initContainers":[{"name":"init","env":[{"name":"U","valueFrom":{"secretKeyRef":{"name":"old","key":"u"}}}]}],
                 "containers":[{"name":"app","image":"app:1","env":[{"name":"A","value":"1"},{"name":"U","value":"old"}]},{"name":"bare"}]}}
        """;

    [Fact]
    public void Without_other_changes_the_original_template_is_restored()
    {
        const string After = """
            {"metadata":{"annotations":{"db-creds-injector.numberly.io/orders.role":"rw","db-creds-injector.numberly.io/uuid":"NEW","db-creds-injector.numberly.io/orders.uuid":"NEW"}},
             "spec":{"initContainers":[{"name":"init","env":[{"name":"U","value":"new"}]}],
                     "containers":[{"name":"app","image":"app:1","env":[{"name":"A","value":"1"},{"name":"U","value":"new"}]},{"name":"bare","env":[{"name":"U","value":"new"}]}]}}
            """;

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Before), Restored(After)));
    }

    [Fact]
    public void Later_changes_of_other_users_are_kept()
    {
        const string After = """
            {"metadata":{"annotations":{"note":"1","db-creds-injector.numberly.io/uuid":"NEW"}},
             "spec":{"containers":[{"name":"app","image":"app:2","env":[{"name":"B","value":"2"},{"name":"U","value":"new"}]},{"name":"added","env":[{"name":"U","value":"new"},{"name":"C"}]}]}}
            """;
        const string Restored = """
            {"metadata":{"annotations":{"note":"1","db-creds-injector.numberly.io/uuid":"OLD"}},
             "spec":{"containers":[{"name":"app","image":"app:2","env":[{"name":"B","value":"2"},{"name":"U","value":"old"}]},{"name":"added","env":[{"name":"C"}]}]}}
            """;

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Restored), TemplateRestorationTests.Restored(After)));
    }

    private static JsonObject Restored(string after)
    {
        var current = JsonNode.Parse(after)!.AsObject();
        TemplateRestoration.Restore(current, JsonNode.Parse(Before)!.AsObject(), new HashSet<string> { "U" });
        return current;
    }
}
