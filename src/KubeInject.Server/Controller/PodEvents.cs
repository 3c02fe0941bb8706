using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using KubeInject.Injection;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Controller;

/// <summary>Creates Events on pods, at most one for each pod and reason in 5 minutes.</summary>
/// <param name="client">The cluster.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Gets a message if an Event cannot be created, which has no other effect.</param>
internal sealed class PodEvents(KubeObjectClient client, TimeProvider time, IProgress<ServerMessage> log)
{
    // Clients for Events show at most 1,024 characters.
    private const int LongestMessage = 1000;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);
    private static readonly KubeResource Events = new("", "v1", "events", "Event");

    private readonly ConcurrentDictionary<(string Uid, string Reason), long> latest = new();

    /// <summary>Creates an Event.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="reason">A constant of <see cref="PodEventReason"/>. All except <see cref="PodEventReason.Issued"/> are warnings.</param>
    /// <param name="message">The message, which contains no secret.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public async Task ReportAsync(PodKey pod, string reason, string message, CancellationToken cancellationToken)
    {
        var now = time.GetTimestamp();
        if (latest.TryGetValue((pod.Uid, reason), out var before) && time.GetElapsedTime(before) < Interval)
            return;
        latest[(pod.Uid, reason)] = now;
        try
        {
            await client.CreateAsync(Events, KubeObject.Parse(ToJson(pod, reason, DisplayText.Escape(message)).ToJsonString()), pod.Namespace, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is KubeApiException or KubeConnectionException)
        {
            log.Report(new ServerMessage(true, $"The Event {reason} for {pod} could not be created: {exception.Message}"));
        }
    }

    /// <summary>Forgets the Events of a pod that no longer exists.</summary>
    public void Forget(PodKey pod)
    {
        foreach (var reason in PodEventReason.All)
            latest.TryRemove((pod.Uid, reason), out _);
    }

    private JsonObject ToJson(PodKey pod, string reason, string message)
    {
        var now = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return new JsonObject
        {
            ["apiVersion"] = Events.ApiVersion,
            ["kind"] = Events.Kind,
            ["metadata"] = new JsonObject { ["generateName"] = $"{pod.Name}.", ["namespace"] = pod.Namespace },
            ["involvedObject"] = new JsonObject { ["apiVersion"] = KubeResource.Pods.ApiVersion, ["kind"] = KubeResource.Pods.Kind, ["namespace"] = pod.Namespace, ["name"] = pod.Name, ["uid"] = pod.Uid },
            ["type"] = reason == PodEventReason.Issued ? "Normal" : "Warning",
            ["reason"] = reason,
            ["message"] = Shorten(message),
            ["source"] = new JsonObject { ["component"] = PodEventReason.Component },
            ["reportingComponent"] = PodEventReason.Component,
            ["firstTimestamp"] = now,
            ["lastTimestamp"] = now,
            ["count"] = 1,
        };
    }

    private static string Shorten(string text)
    {
        const int End = LongestMessage - 1;
        return text.Length <= LongestMessage ? text : $"{text.AsSpan(0, char.IsHighSurrogate(text[End - 1]) ? End - 1 : End)}…";
    }
}
