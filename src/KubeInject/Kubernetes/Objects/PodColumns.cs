using System.Globalization;
using System.Text.Json;
using KubeInject.Http;

namespace KubeInject.Kubernetes.Objects;

/// <summary>The columns of a pod in the table that the API server creates for kubectl, as in Kubernetes 1.36.</summary>
/// <remarks>Follows printPod in the Kubernetes source, pkg/printers/internalversion/printers.go.</remarks>
internal sealed record PodColumns(string Ready, string Status, int Restarts, DateTimeOffset? LastRestart)
{
    public static PodColumns Read(JsonElement pod) => new Reader(pod).Read();

    private sealed class Reader(JsonElement pod)
    {
        private readonly JsonElement status = pod.Get("status");
        private readonly List<JsonElement> initContainers = [.. pod.Get("spec").Get("initContainers").Items()];
        private string reason = "";
        private int ready;
        private int restarts;
        private DateTimeOffset? lastRestart;
        private int sidecarRestarts;
        private DateTimeOffset? lastSidecarRestart;

        public PodColumns Read()
        {
            var phase = status.Text("phase") ?? "";
            var statusReason = status.Text("reason") ?? "";
            reason = statusReason.Length > 0 ? statusReason : phase;
            if (Conditions("PodScheduled").Any(condition => condition.Text("reason") == "SchedulingGated"))
                reason = "SchedulingGated";
            var initializing = ReadInitContainers();
            if (!initializing || HasCondition("Initialized"))
                ReadContainers();
            if (pod.Get("metadata").Get("deletionTimestamp").Exists())
            {
                if (statusReason == "NodeLost")
                    reason = "Unknown";
                else if (phase is not ("Succeeded" or "Failed"))
                    reason = "Terminating";
            }

            var total = pod.Get("spec").Get("containers").Items().Count() + initContainers.Count(IsSidecar);
            return new PodColumns(string.Create(CultureInfo.InvariantCulture, $"{ready}/{total}"), reason, restarts, lastRestart);
        }

        /// <summary>Reads init containers up to the first one that has not completed.</summary>
        /// <returns>Whether there is such a container.</returns>
        private bool ReadInitContainers()
        {
            var index = -1;
            foreach (var container in status.Get("initContainerStatuses").Items())
            {
                index++;
                var isSidecar = initContainers.Any(spec => spec.Text("name") == container.Text("name") && IsSidecar(spec));
                CountRestarts(container, ref restarts, ref lastRestart);
                if (isSidecar)
                    CountRestarts(container, ref sidecarRestarts, ref lastSidecarRestart);
                var state = container.Get("state");
                var terminated = state.Get("terminated");
                if (terminated.Exists() && terminated.Int("exitCode") == 0)
                    continue;
                if (isSidecar && container.IsTrue("started"))
                {
                    ready += container.IsTrue("ready") ? 1 : 0;
                    continue;
                }

                var waiting = state.Get("waiting").Text("reason") ?? "";
                reason = terminated.Exists() ? $"Init:{Ended(terminated)}"
                    : waiting is not ("" or "PodInitializing") ? $"Init:{waiting}"
                    : string.Create(CultureInfo.InvariantCulture, $"Init:{index}/{initContainers.Count}");
                return true;
            }

            return false;
        }

        private void ReadContainers()
        {
            restarts = sidecarRestarts;
            lastRestart = lastSidecarRestart;
            var hasRunning = false;
            string? failure = null;

            // In reverse order, so that the first container with a reason determines the status.
            foreach (var container in status.Get("containerStatuses").Items().Reverse())
            {
                CountRestarts(container, ref restarts, ref lastRestart);
                var state = container.Get("state");
                if (state.Get("waiting").Text("reason") is { Length: > 0 } waiting)
                {
                    reason = waiting;
                }
                else if (state.Get("terminated").Exists())
                {
                    reason = Ended(state.Get("terminated"));
                    if (state.Get("terminated").Int("exitCode") != 0)
                        failure = reason;
                }
                else if (container.IsTrue("ready") && state.Get("running").Exists())
                {
                    hasRunning = true;
                    ready++;
                }
            }

            if (reason == "Completed")
            {
                reason = hasRunning && HasCondition("Ready") ? "Running"
                    : failure ?? (hasRunning ? "NotReady" : reason);
            }
        }

        private static void CountRestarts(JsonElement container, ref int count, ref DateTimeOffset? last)
        {
            count += container.Int("restartCount");
            if (container.Get("lastState").Get("terminated").Time("finishedAt") is { } end && (last is null || end > last))
                last = end;
        }

        private static string Ended(JsonElement terminated)
        {
            if (terminated.Text("reason") is { Length: > 0 } reason)
                return reason;
            var signal = terminated.Int("signal");
            return string.Create(CultureInfo.InvariantCulture, $"{(signal != 0 ? "Signal" : "ExitCode")}:{(signal != 0 ? signal : terminated.Int("exitCode"))}");
        }

        /// <summary>Returns whether an init container is a sidecar, which keeps running.</summary>
        private static bool IsSidecar(JsonElement spec) => spec.Text("restartPolicy") == "Always";

        private IEnumerable<JsonElement> Conditions(string type) =>
            status.Get("conditions").Items().Where(condition => condition.Text("type") == type);

        private bool HasCondition(string type) => Conditions(type).Any(condition => condition.Text("status") == "True");
    }
}
