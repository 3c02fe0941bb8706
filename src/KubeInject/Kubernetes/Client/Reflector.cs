using System.Runtime.CompilerServices;
using KubeInject.Http;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Kubernetes.Client;

/// <summary>
/// Watches the objects of a list: reads the list, watches from its version on, continues after interruptions, and
/// reads the list again if its version has expired on the server.
/// </summary>
/// <remarks>
/// Changes are determined by comparison with the known objects, not by the event types of the server. So no change is
/// reported twice, and deletions during an interruption are reported. For that, all existing objects are kept in memory.
/// </remarks>
internal sealed class Reflector(ApiChannel channel, ListPager pager, KubeResource resource, Action<Exception?>? report) : IAsyncDisposable
{
    private readonly Dictionary<string, KubeObject> known = new(StringComparer.Ordinal);
    private readonly HashSet<string> listed = new(StringComparer.Ordinal);
    private string? continuation; // of the list that is being read
    private ResponseBuffer? page; // of the list that is being read
    private ListLimits? limits;   // of the list that is being read or was restarted
    private string? version;      // from which the watch continues; null while a list is being read
    private bool isEstablished;   // a list was read completely
    private ApiStream? stream;
    private long streamStart;
    private int failures;         // in a row
    private int rejections;       // in a row

    private KubeRetryPolicy Policy => channel.Policy;

    /// <param name="channel">The connection.</param>
    /// <param name="pager">Reads the list.</param>
    /// <param name="resource">The resource of the objects.</param>
    /// <param name="report">Gets null when a watch begins, and the failure when the list cannot be read or a watch cannot begin. The next attempt follows. Null to report nothing.</param>
    /// <param name="cancellationToken">Stops the watch.</param>
    public static async IAsyncEnumerable<KubeEvent> FollowAsync(
        ApiChannel channel, ListPager pager, KubeResource resource, Action<Exception?>? report, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reflector = new Reflector(channel, pager, resource, report);
        await using var _ = reflector.ConfigureAwait(false);
        while (true)
        {
            foreach (var change in await reflector.NextAsync(cancellationToken).ConfigureAwait(false))
                yield return change;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (stream is not null)
            await stream.DisposeAsync().ConfigureAwait(false);
        stream = null;
    }

    /// <summary>Runs the next step, or recovers from its failure.</summary>
    private async Task<IReadOnlyList<KubeEvent>> NextAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return version is null ? await ListAsync(cancellationToken).ConfigureAwait(false) : await WatchAsync(version, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is KubeApiException or KubeConnectionException)
        {
            if (!ShouldContinue(e))
                throw;
            if (stream is null)
                report?.Invoke(e);
            await DisposeAsync().ConfigureAwait(false);
            await Task.Delay(Policy.Backoff(failures), Policy.Clock, cancellationToken).ConfigureAwait(false);
            return [];
        }
    }

    /// <summary>Reads the next page of the list.</summary>
    private async Task<IReadOnlyList<KubeEvent>> ListAsync(CancellationToken cancellationToken)
    {
        page ??= new ResponseBuffer();
        limits ??= pager.StartLimits();
        var read = await pager.ReadPageAsync(continuation, page, limits, cancellationToken).ConfigureAwait(false);

        // Parse the complete page before any object is recorded, because recorded objects are not reported again.
        var found = read.Items.Select(item => channel.Failures.ReadObject(read.Path, item, resource)).ToList();
        listed.UnionWith(found.Select(KeyOf));
        if (read is { Continue: null, ResourceVersion: null })
            throw channel.Failures.NotKubernetes("a list has no resourceVersion");
        var events = found.Select(Record).OfType<KubeEvent>().ToList();
        continuation = read.Continue;
        if (continuation is null)
        {
            version = read.ResourceVersion;
            events.AddRange(known.Values.Where(before => !listed.Contains(KeyOf(before))).ToList().Select(gone => Forget(gone)!));
            listed.Clear();
            page = null;
            limits = null;
            isEstablished = true;
        }

        return events;
    }

    /// <summary>Reads the next line of the watch.</summary>
    private async Task<IReadOnlyList<KubeEvent>> WatchAsync(string from, CancellationToken cancellationToken)
    {
        var path = pager.PathWith($"watch=true&allowWatchBookmarks=true&resourceVersion={Uri.EscapeDataString(from)}");
        if (stream is null)
        {
            streamStart = Policy.Clock.GetTimestamp();
            stream = await channel.OpenAsync(ApiRequest.Watch(path) with { Accept = pager.WatchAccept }, cancellationToken).ConfigureAwait(false);
            report?.Invoke(null);
        }

        if (await stream.ReadLineAsync(cancellationToken).ConfigureAwait(false) is not { } bytes)
            throw channel.Failures.BrokenOff(path);
        var line = channel.Failures.Read(path, "an event", () => WatchLine.Read(bytes));
        if (line.Type == "ERROR")
            throw channel.Failures.FromEvent(line.Object);
        var subject = channel.Failures.ReadObject(path, line.Object, resource);
        var change = line.Type switch
        {
            "ADDED" or "MODIFIED" => Record(subject),
            "DELETED" => Forget(subject),
            "BOOKMARK" => null, // only a newer version
            _ => throw channel.Failures.WrongDocument(path, "an event of an unknown type", "ADDED, MODIFIED, DELETED or BOOKMARK"),
        };
        version = string.IsNullOrEmpty(subject.ResourceVersion) ? from : subject.ResourceVersion;
        failures = rejections = 0;
        return change is null ? [] : [change];
    }

    /// <summary>Records an object.</summary>
    private KubeEvent? Record(KubeObject found)
    {
        var key = KeyOf(found);
        var isKnown = known.TryGetValue(key, out var before);
        known[key] = found;
        if (!isKnown)
            return new KubeEvent(KubeEventType.Added, found);

        // An object without a version may have changed.
        var isUnchanged = found.ResourceVersion is not null && found.ResourceVersion == before!.ResourceVersion;
        return isUnchanged ? null : new KubeEvent(KubeEventType.Modified, found);
    }

    private KubeEvent? Forget(KubeObject gone) => known.Remove(KeyOf(gone)) ? new KubeEvent(KubeEventType.Deleted, gone) : null;

    private string KeyOf(KubeObject found) => found switch
    {
        { Uid: { Length: > 0 } uid } => uid,
        { Name.Length: > 0 } => $"{found.Namespace}/{found.Name}",
        _ => throw channel.Failures.NotKubernetes("an object has neither uid nor name"),
    };

    /// <summary>Returns whether to continue after a failure, and prepares the next step.</summary>
    private bool ShouldContinue(Exception failure)
    {
        // A watch that lasted for a while was interrupted, not rejected.
        if (stream is not null && Policy.Clock.GetElapsedTime(streamStart) > Policy.LongestWait)
            failures = rejections = 0;
        failures++;
        if (failure is KubeApiException { StatusCode: 410 } expired && (version ?? continuation) is not null)
        {
            limits?.Restart(expired);
            continuation = version = null;
            listed.Clear();
            return true;
        }

        // Failures of the first list are reported to the caller, because the watch has not started.
        return isEstablished && (IsTransient(failure) || ++rejections < Policy.Attempts);
    }

    /// <summary>Returns whether a failure is transient.</summary>
    private static bool IsTransient(Exception failure) => failure switch
    {
        KubeApiException { StatusCode: 429 or >= 500 } => true,
        KubeConnectionException { Reason: var reason } => reason is KubeConnectionFailure.Unreachable or KubeConnectionFailure.Timeout
            or KubeConnectionFailure.NameNotResolved or KubeConnectionFailure.TlsFailed or KubeConnectionFailure.Unavailable,
        _ => false,
    };
}
