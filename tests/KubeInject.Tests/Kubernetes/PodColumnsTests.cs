using KubeInject.Kubernetes.Objects;

namespace KubeInject.Tests.Kubernetes;

/// <summary>The columns of newer API servers, rule by rule; the integration tests compare them with a server.</summary>
public class PodColumnsTests
{
    private const string Two = """{"containers":[{"name":"a"},{"name":"b"}],"initContainers":[{"name":"i"},{"name":"s","restartPolicy":"Always"}]}""";

    private const string Completed = """{"state":{"terminated":{"exitCode":0,"reason":"Completed"}}}""";
    private const string Killed = """{"state":{"terminated":{"exitCode":137,"reason":"OOMKilled"}}}""";

    public static TheoryData<string, string, string, int> Cases => new()
    {
        { """{}""", "0/0", "", 0 },
        { """{"status":{"phase":"Pending"}}""", "0/0", "Pending", 0 },
        { """{"status":{"phase":"Failed","reason":"Evicted"}}""", "0/0", "Evicted", 0 },
        { """{"status":{"phase":"Pending","conditions":[{"type":"PodScheduled","reason":"SchedulingGated"}]}}""", "0/0", "SchedulingGated", 0 },
        { Running("""{"state":{"waiting":{"reason":"CrashLoopBackOff"}},"restartCount":7}"""), "0/1", "CrashLoopBackOff", 7 },
        { Running("""{"state":{"waiting":{}}}"""), "0/1", "Running", 0 },
        { Running("""{"state":{"terminated":{"exitCode":1,"reason":"Error"}}}"""), "0/1", "Error", 0 },
        { Running("""{"state":{"terminated":{"exitCode":3}}}"""), "0/1", "ExitCode:3", 0 },
        { Running("""{"state":{"terminated":{"exitCode":137,"signal":9}}}"""), "0/1", "Signal:9", 0 },
        { Running("""{"state":{"running":{}},"ready":true}"""), "1/1", "Running", 0 },
        { Running("""{"state":{"running":{}},"ready":false}"""), "0/1", "Running", 0 },

        // A completed container beside a running one.
        { Running("""{"state":{"terminated":{"exitCode":0,"reason":"Completed"}}},{"state":{"running":{}},"ready":true}"""), "1/1", "NotReady", 0 },
        { Running("""{"state":{"terminated":{"exitCode":0,"reason":"Completed"}}},{"state":{"running":{}},"ready":true}""", "\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}],"), "1/1", "Running", 0 },

        // A completed container beside a failed one: the failure is shown, unless the pod is ready.
        { Running(Completed + "," + Killed), "0/1", "OOMKilled", 0 },
        { Running(Killed + "," + Completed), "0/1", "OOMKilled", 0 },
        { Running(Completed + """,{"state":{"terminated":{"exitCode":3}}},""" + Killed), "0/1", "ExitCode:3", 0 },
        { Running(Completed + "," + Killed + ",{\"state\":{\"running\":{}},\"ready\":true}"), "1/1", "OOMKilled", 0 },
        { Running(Completed + "," + Killed + ",{\"state\":{\"running\":{}},\"ready\":true}", "\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}],"), "1/1", "Running", 0 },
        { Running(Completed + "," + Killed, "\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}],"), "0/1", "OOMKilled", 0 },
        { Running(Completed + "," + Completed), "0/1", "Completed", 0 },
        { Running("""{"state":{"terminated":{"exitCode":0}}},""" + Killed), "0/1", "ExitCode:0", 0 },

        // Init containers.
        { Init("""{"name":"i","state":{"waiting":{"reason":"PodInitializing"}},"restartCount":1}"""), "0/3", "Init:0/2", 1 },
        { Init("""{"name":"i","state":{"waiting":{"reason":"ImagePullBackOff"}}}"""), "0/3", "Init:ImagePullBackOff", 0 },
        { Init("""{"name":"i","state":{"terminated":{"exitCode":1,"reason":"Error"}}}"""), "0/3", "Init:Error", 0 },
        { Init("""{"name":"i","state":{"terminated":{"exitCode":2}}}"""), "0/3", "Init:ExitCode:2", 0 },
        { Init("""{"name":"i","state":{"terminated":{"exitCode":2,"signal":15}}}"""), "0/3", "Init:Signal:15", 0 },

        // A sidecar counts after it has started, and keeps its restarts after the init containers have ended.
        { Init("""{"name":"i","state":{"terminated":{"exitCode":0}},"restartCount":5},{"name":"s","started":false,"state":{"running":{}}}"""), "0/3", "Init:1/2", 5 },
        { Init("""{"name":"i","state":{"terminated":{"exitCode":0}},"restartCount":5},{"name":"s","started":true,"ready":true,"state":{"running":{}},"restartCount":2}"""), "1/3", "Pending", 2 },

        // Terminating.
        { """{"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"},"status":{"phase":"Running"}}""", "0/0", "Terminating", 0 },
        { """{"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"},"status":{"phase":"Running","reason":"NodeLost"}}""", "0/0", "Unknown", 0 },
        { """{"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"},"status":{"phase":"Succeeded"}}""", "0/0", "Succeeded", 0 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_pod_has_the_columns_of_kubectl(string json, string ready, string status, int restarts)
    {
        var pod = Pod.Parse(json);
        Assert.Equal((ready, status, restarts), (pod.Ready, pod.Status, pod.Restarts));
    }

    [Fact]
    public void The_last_restart_is_the_latest_end_of_a_container()
    {
        var pod = Pod.Parse(Running("""
            {"restartCount":1,"lastState":{"terminated":{"finishedAt":"2026-01-02T00:00:00Z"}}},
            {"restartCount":1,"lastState":{"terminated":{"finishedAt":"2026-01-01T00:00:00Z"}}}
            """));
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero), pod.LastRestart);
    }

    private static string Running(string statuses, string more = "") =>
        $$$"""{"spec":{"containers":[{"name":"a"}]},"status":{"phase":"Running",{{{more}}}"containerStatuses":[{{{statuses}}}]}}""";

    private static string Init(string statuses) => $$$"""{"spec":{{{Two}}},"status":{"phase":"Pending","initContainerStatuses":[{{{statuses}}}]}}""";
}
