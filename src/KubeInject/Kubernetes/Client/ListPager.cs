using System.Globalization;
using System.Runtime.CompilerServices;
using KubeInject.Http;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Kubernetes.Client;

/// <summary>Reads a list page by page. Only one page is in memory.</summary>
/// <param name="channel">The connection.</param>
/// <param name="resource">The resource to list.</param>
/// <param name="path">The path of the list, with the selectors in the query.</param>
/// <param name="pageSize">The maximum number of objects per page.</param>
/// <param name="progress">Is notified of each page; null for no notification.</param>
internal sealed class ListPager(ApiChannel channel, KubeResource resource, string path, int pageSize, IProgress<ListProgress>? progress = null)
{
    // If a page of 500 objects is too large, pages of 62, 7 and 1 objects are requested.
    private const int ShrinkFactor = 8;

    private int size = pageSize;

    /// <summary>The format of the list. Default: complete objects.</summary>
    public string Accept { get; init; } = ApiRequest.Json;

    /// <summary>The format of the objects of a watch. Default: complete objects.</summary>
    public string WatchAccept { get; init; } = ApiRequest.Json;

    /// <summary>Lists the objects, each once.</summary>
    /// <param name="read">Converts the path of the request and the bytes of an item to the object and its UID. It must copy the bytes.</param>
    /// <param name="cancellationToken">Stops the list.</param>
    public async IAsyncEnumerable<T> ListAsync<T>(
        Func<string, ReadOnlyMemory<byte>, (T Item, string? Uid)> read, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new ResponseBuffer();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var newSinceRestart = true;
        var done = 0L;
        var limits = StartLimits();
        string? next = null;
        while (true)
        {
            ListPage page;
            try
            {
                page = await ReadPageAsync(next, buffer, limits, cancellationToken).ConfigureAwait(false);
            }
            catch (KubeApiException e) when (e.StatusCode == 410 && next is not null && newSinceRestart)
            {
                // The continue token has expired, so the list restarts. It does not restart again if the restart has
                // returned no new objects, because that could repeat forever.
                limits.Restart(e);
                next = null;
                newSinceRestart = false;
                done = 0;
                continue;
            }

            done += page.Items.Count;
            progress?.Report(new ListProgress(done, page.Continue is null ? done : done + page.Remaining, IsComplete: false));
            foreach (var bytes in page.Items)
            {
                var (item, uid) = read(page.Path, bytes);

                // Objects without a UID cannot be recognized. Returning them twice is better than omitting them.
                if (!string.IsNullOrEmpty(uid) && !seen.Add(uid))
                    continue;
                newSinceRestart = true;
                yield return item;
            }

            if (page.Continue is null)
            {
                progress?.Report(new ListProgress(done, done, IsComplete: true));
                yield break;
            }

            next = page.Continue;
        }
    }

    /// <summary>Creates the limits for a new list.</summary>
    public ListLimits StartLimits() => new(channel.Failures, channel.Policy.Limits, path);

    /// <summary>Reads one page.</summary>
    /// <param name="next">The continue token from the previous page; null for the first page.</param>
    /// <param name="buffer">The buffer for the page, which is valid until the next page is read.</param>
    /// <param name="limits">The limits of the list.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="KubeApiException">The server returned an error: 410 if the continue token has expired.</exception>
    /// <exception cref="KubeConnectionException">There was no response, it was not such a list, or a limit is exceeded.</exception>
    public async Task<ListPage> ReadPageAsync(string? next, ResponseBuffer buffer, ListLimits limits, CancellationToken cancellationToken)
    {
        var start = channel.Policy.Clock.GetTimestamp();
        var response = await RequestPageAsync(next, buffer, cancellationToken).ConfigureAwait(false);
        var page = channel.Failures.Read(response.Path, DocumentType.ListOf(resource), () => ListPage.Read(response.Body, resource) with { Path = response.Path }, response.MediaType);
        limits.AddObjects(page.Items.Count);
        limits.AddPage(next, page.Continue, page.Items.Count == 0, channel.Policy.Clock.GetElapsedTime(start));
        return page;
    }

    /// <summary>Gets the path of the list with additional query parameters.</summary>
    public string PathWith(string parameters) => $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{parameters}";

    private async Task<ApiResponse> RequestPageAsync(string? next, ResponseBuffer buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var parameters = string.Create(CultureInfo.InvariantCulture, $"limit={size}{(next is null ? "" : $"&continue={Uri.EscapeDataString(next)}")}");
                return await channel.SendAndEnsureSuccessAsync(ApiRequest.Get(PathWith(parameters)) with { Buffer = buffer, Accept = Accept }, cancellationToken).ConfigureAwait(false);
            }
            catch (KubeConnectionException e) when (e.Reason == KubeConnectionFailure.LimitExceeded && size > 1)
            {
                // The page is too large, but each object can be small enough.
                size = Math.Max(1, size / ShrinkFactor);
            }
        }
    }
}
