using System.Globalization;
using System.Runtime.CompilerServices;
using KubeInject.Http;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Kubernetes.Client;

/// <summary>Reads a list page by page; memory follows the page, not the list.</summary>
/// <param name="channel">Where to ask.</param>
/// <param name="resource">The resource to list.</param>
/// <param name="path">The path of the list, with whatever selects in its query.</param>
/// <param name="pageSize">How many objects one request brings at most.</param>
/// <param name="progress">Is told of each page; null for nobody.</param>
internal sealed class ListPager(ApiChannel channel, KubeResource resource, string path, int pageSize, IProgress<ListProgress>? progress = null)
{
    // Pages of 500 that are too large are asked for in pages of 62, 7 and 1.
    private const int Shrinkage = 8;

    private int size = pageSize;

    /// <summary>Lists the objects, each once.</summary>
    /// <param name="read">Turns the path of the request and an item's bytes, which it must copy, into the object and its uid.</param>
    /// <param name="cancellationToken">Ends the list.</param>
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
                page = await ReadPageAsync(next, buffer, limits, cancellationToken);
            }
            catch (KubeApiException e) when (e.StatusCode == 410 && next is not null && newSinceRestart)
            {
                // The continuation has expired, so the list starts again. A restart that brought nothing new would
                // bring nothing new for ever.
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

                // An object without a uid cannot be known again; better twice than never.
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

    /// <summary>The limits of a list that starts now.</summary>
    public ListLimits StartLimits() => new(channel.Failures, channel.Policy.Limits, path);

    /// <summary>Reads one page.</summary>
    /// <param name="next">The continuation that the page before named; null for the first page.</param>
    /// <param name="buffer">Where it is read into: the page is good until the next.</param>
    /// <param name="limits">What the list has used so far of its limits.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="KubeApiException">The server answers with an error: 410 for a continuation that has expired.</exception>
    /// <exception cref="KubeConnectionException">No answer came, one that is no such list, or a list that does not end.</exception>
    public async Task<ListPage> ReadPageAsync(string? next, ResponseBuffer buffer, ListLimits limits, CancellationToken cancellationToken)
    {
        var start = channel.Policy.Clock.GetTimestamp();
        var response = await RequestPageAsync(next, buffer, cancellationToken);
        var page = channel.Failures.Read(response.Path, DocumentType.ListOf(resource), () => ListPage.Read(response.Body, resource) with { Path = response.Path }, response.MediaType);
        limits.AddObjects(page.Items.Count);
        limits.AddPage(next, page.Continue, page.Items.Count == 0, channel.Policy.Clock.GetElapsedTime(start));
        return page;
    }

    /// <summary>The path of the list with more in its query.</summary>
    public string PathWith(string parameters) => $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{parameters}";

    private async Task<ApiResponse> RequestPageAsync(string? next, ResponseBuffer buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var parameters = string.Create(CultureInfo.InvariantCulture, $"limit={size}{(next is null ? "" : $"&continue={Uri.EscapeDataString(next)}")}");
                return await channel.SendAndEnsureSuccessAsync(ApiRequest.Get(PathWith(parameters)) with { Buffer = buffer }, cancellationToken);
            }
            catch (KubeConnectionException e) when (e.Reason == KubeConnectionFailure.LimitExceeded && size > 1)
            {
                // The page is too large, which says nothing of its objects.
                size = Math.Max(1, size / Shrinkage);
            }
        }
    }
}
