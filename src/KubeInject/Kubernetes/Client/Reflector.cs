using System.Runtime.CompilerServices;
using KubeInject.Http;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Kubernetes.Client;

/// <summary>
/// Follows the objects of a list: reads the list, watches from its version on, goes on where a watch broke off, and
/// reads the list again where the server no longer knows the way from there to now.
/// </summary>
/// <remarks>
/// What happened is told by comparing with the objects known so far, not by the words of the server: so nothing is
/// told twice, and what vanished while nobody watched is told as well. The objects that exist are kept for that.
/// </remarks>
internal sealed class Reflector(ApiChannel channel, ListPager pager, KubeResource resource) : IAsyncDisposable
{
    private readonly Dictionary<string, KubeObject> known = new(StringComparer.Ordinal);
    private readonly HashSet<string> listed = new(StringComparer.Ordinal);
    private string? continuation; // of the list that is being read
    private ResponseBuffer? page; // of the list that is being read
    private ListLimits? limits;   // of the list that is being read, or was begun again
    private string? version;      // that the watch goes on from; null while a list is being read
    private bool isEstablished;   // a list has been read to its end
    private ApiStream? stream;
    private long streamStart;
    private int failures;         // in a row
    private int refusals;         // in a row

    private KubeRetryPolicy Policy => channel.Policy;

    public static async IAsyncEnumerable<KubeEvent> FollowAsync(
        ApiChannel channel, ListPager pager, KubeResource resource, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var reflector = new Reflector(channel, pager, resource);
        while (true)
        {
            foreach (var happened in await reflector.NextAsync(cancellationToken))
                yield return happened;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (stream is not null)
            await stream.DisposeAsync();
        stream = null;
    }

    /// <summary>Takes the next step, or gets over what went wrong with it.</summary>
    private async Task<IReadOnlyList<KubeEvent>> NextAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return version is null ? await ListAsync(cancellationToken) : await WatchAsync(version, cancellationToken);
        }
        catch (Exception e) when (e is KubeApiException or KubeConnectionException)
        {
            if (!IsToGoOn(e))
                throw;
            await DisposeAsync();
            await Task.Delay(Policy.Backoff(failures), Policy.Clock, cancellationToken);
            return [];
        }
    }

    /// <summary>Reads the next page of the list.</summary>
    private async Task<IReadOnlyList<KubeEvent>> ListAsync(CancellationToken cancellationToken)
    {
        page ??= new ResponseBuffer();
        limits ??= pager.StartLimits();
        var read = await pager.ReadPageAsync(continuation, page, limits, cancellationToken);

        // Nothing is noted before all of it is read: what is noted is not told again.
        var found = read.Items.Select(item => channel.Failures.ReadObject(read.Path, item, resource)).ToList();
        listed.UnionWith(found.Select(KeyOf));
        if (read is { Continue: null, ResourceVersion: null })
            throw channel.Failures.NotKubernetes("a list has no resourceVersion");
        var events = found.Select(Note).OfType<KubeEvent>().ToList();
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
            stream = await channel.OpenAsync(ApiRequest.Watch(path), cancellationToken);
        }

        if (await stream.ReadLineAsync(cancellationToken) is not { } bytes)
            throw channel.Failures.BrokenOff(path);
        var line = channel.Failures.Read(path, "an event", () => WatchLine.Read(bytes));
        if (line.Type == "ERROR")
            throw channel.Failures.FromEvent(line.Object);
        var subject = channel.Failures.ReadObject(path, line.Object, resource);
        var happened = line.Type switch
        {
            "ADDED" or "MODIFIED" => Note(subject),
            "DELETED" => Forget(subject),
            "BOOKMARK" => null, // nothing but a newer version
            _ => throw channel.Failures.WrongDocument(path, "an event of an unknown type", "ADDED, MODIFIED, DELETED or BOOKMARK"),
        };
        version = string.IsNullOrEmpty(subject.ResourceVersion) ? from : subject.ResourceVersion;
        failures = refusals = 0;
        return happened is null ? [] : [happened];
    }

    /// <summary>Makes an object known.</summary>
    private KubeEvent? Note(KubeObject found)
    {
        var key = KeyOf(found);
        var isKnown = known.TryGetValue(key, out var before);
        known[key] = found;
        if (!isKnown)
            return new KubeEvent(KubeEventType.Added, found);

        // Of an object without a version nobody can say whether it has changed.
        var isSame = found.ResourceVersion is not null && found.ResourceVersion == before!.ResourceVersion;
        return isSame ? null : new KubeEvent(KubeEventType.Modified, found);
    }

    private KubeEvent? Forget(KubeObject gone) => known.Remove(KeyOf(gone)) ? new KubeEvent(KubeEventType.Deleted, gone) : null;

    private string KeyOf(KubeObject found) => found switch
    {
        { Uid: { Length: > 0 } uid } => uid,
        { Name.Length: > 0 } => $"{found.Namespace}/{found.Name}",
        _ => throw channel.Failures.NotKubernetes("an object has neither uid nor name"),
    };

    /// <summary>Whether the watch survives a failure; if so, prepares what comes after it.</summary>
    private bool IsToGoOn(Exception failure)
    {
        // A watch that has lasted has broken off, and was not refused.
        if (stream is not null && Policy.Clock.GetElapsedTime(streamStart) > Policy.LongestWait)
            failures = refusals = 0;
        failures++;
        if (failure is KubeApiException { StatusCode: 410 } expired && (version ?? continuation) is not null)
        {
            limits?.Restart(expired);
            continuation = version = null;
            listed.Clear();
            return true;
        }

        // What the first list meets is the caller's business: the watch has not begun.
        return isEstablished && (IsPassing(failure) || ++refusals < Policy.Attempts);
    }

    /// <summary>Whether a failure says nothing of what will be in a moment.</summary>
    private static bool IsPassing(Exception failure) => failure switch
    {
        KubeApiException { StatusCode: 429 or >= 500 } => true,
        KubeConnectionException { Reason: var reason } => reason is KubeConnectionFailure.Unreachable or KubeConnectionFailure.Timeout
            or KubeConnectionFailure.NameNotResolved or KubeConnectionFailure.TlsFailed or KubeConnectionFailure.Unavailable,
        _ => false,
    };
}
