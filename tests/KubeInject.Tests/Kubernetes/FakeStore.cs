using System.Globalization;
using static KubeInject.Tests.Kubernetes.TestServer;

namespace KubeInject.Tests.Kubernetes;

/// <summary>Objects that are created, changed and deleted, with the lists and watches of an API server.</summary>
internal sealed class FakeStore
{
    private readonly SortedDictionary<string, (string Uid, int Version)> objects = new(StringComparer.Ordinal);
    private readonly List<(int Version, string Line)> log = [];
    private readonly Dictionary<string, List<string>> snapshots = new(StringComparer.Ordinal);
    private int compacted;

    public int Version { get; private set; } = 100;

    /// <summary>The current objects, as <c>uid@version</c>.</summary>
    public IEnumerable<string> States => objects.Values.Select(state => $"{state.Uid}@{state.Version}").Order(StringComparer.Ordinal);

    /// <summary>All events, as a watch without faults reports them: <c>ADDED uid@version</c>.</summary>
    public List<string> History { get; } = [];

    public void Set(string name)
    {
        Version++;
        var isNew = !objects.TryGetValue(name, out var state);
        state = (isNew ? $"{name}-{Version}" : state.Uid, Version);
        objects[name] = state;
        Log(isNew ? "ADDED" : "MODIFIED", name, state);
    }

    public void Delete(string name)
    {
        if (!objects.Remove(name, out var state))
            return;
        Version++;
        Log("DELETED", name, (state.Uid, Version));
    }

    /// <summary>Compacts the history: watches and continue tokens of earlier versions expire.</summary>
    public void Compact()
    {
        compacted = Version;
        snapshots.Clear();
    }

    public Response List(Request request)
    {
        var query = Query(request);
        var limit = int.Parse(query["limit"], CultureInfo.InvariantCulture);
        var (id, start) = ($"{Version}", 0);
        if (query.TryGetValue("continue", out var token))
        {
            (id, start) = (token.Split('-')[0], int.Parse(token.Split('-')[1], CultureInfo.InvariantCulture));
            if (!snapshots.ContainsKey(id))
                return Response.Error(410, "Expired", "The provided continue parameter is too old");
        }
        else
        {
            snapshots[id] = [.. objects.Select(pair => Item(pair.Key, pair.Value))];
        }

        var items = snapshots[id];
        var end = Math.Min(items.Count, start + limit);
        var next = end < items.Count ? $"{id}-{end}" : "";
        return Response.Json($$"""{"kind":"PodList","metadata":{"resourceVersion":"{{id}}","continue":"{{next}}"},"items":[{{string.Join(',', items[start..end])}}]}""");
    }

    /// <summary>The version from which a watch continues; null if it has expired.</summary>
    public int? WatchedFrom(Request request)
    {
        var version = int.Parse(Query(request)["resourceVersion"], CultureInfo.InvariantCulture);
        return version < compacted ? null : version;
    }

    /// <summary>The events after a version, as lines of a watch.</summary>
    public IEnumerable<(int Version, string Line)> After(int version) => log.Where(line => line.Version > version).ToList();

    public static string Bookmark(int version) => $$$"""{"type":"BOOKMARK","object":{"kind":"Pod","metadata":{"resourceVersion":"{{{version}}}"} } }{{{"\n"}}}""";

    public static string Error(int code, string reason) =>
        $$$"""{"type":"ERROR","object":{"kind":"Status","status":"Failure","reason":"{{{reason}}}","message":"x","code":{{{code}}} } }{{{"\n"}}}""";

    public static bool IsWatch(Request request) => request.Path.Contains("watch=true", StringComparison.Ordinal);

    private void Log(string type, string name, (string Uid, int Version) state)
    {
        History.Add($"{type} {state.Uid}@{state.Version}");
        log.Add((Version, $$"""{"type":"{{type}}","object":{{Item(name, state)}}}{{"\n"}}"""));
    }

    private static string Item(string name, (string Uid, int Version) state) =>
        $$$"""{"metadata":{"name":"{{{name}}}","namespace":"shop","uid":"{{{state.Uid}}}","resourceVersion":"{{{state.Version}}}"},"spec":{"filler":"{{{new string('x', 200)}}}"}}""";

    private static Dictionary<string, string> Query(Request request) =>
        request.Path.Split('?')[1].Split('&').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]));
}
