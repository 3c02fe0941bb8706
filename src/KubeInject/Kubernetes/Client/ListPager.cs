using System.Runtime.CompilerServices;

namespace KubeInject.Kubernetes;

/// <summary>Reads a list page by page; memory follows the page, not the list.</summary>
/// <param name="channel">Where to ask.</param>
/// <param name="path">The path of the list, with whatever selects in its query.</param>
/// <param name="pageSize">How many objects one request brings at most.</param>
/// <param name="progress">Is told of each page; null for nobody.</param>
internal sealed class ListPager(ApiChannel channel, string path, int pageSize, IProgress<ListProgress>? progress = null)
{
    /// <summary>Lists the objects, each once.</summary>
    /// <param name="read">Turns an item's bytes, which it must copy, into the object and its uid.</param>
    /// <param name="cancellationToken">Ends the list.</param>
    public async IAsyncEnumerable<T> ListAsync<T>(
        Func<ReadOnlyMemory<byte>, (T Item, string? Uid)> read, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new ResponseBuffer();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var newSinceRestart = true;
        var done = 0L;
        string? next = null;
        while (true)
        {
            ListPage page;
            try
            {
                page = await ReadPageAsync(next, buffer, cancellationToken);
            }
            catch (KubeApiException e) when (e.StatusCode == 410 && next is not null && newSinceRestart)
            {
                // The continuation has expired, so the list starts again. A restart that brought nothing new would
                // bring nothing new for ever.
                next = null;
                newSinceRestart = false;
                done = 0;
                continue;
            }

            done += page.Items.Count;
            progress?.Report(new ListProgress(done, page.Continue is null ? done : done + page.Remaining, IsComplete: false));
            foreach (var bytes in page.Items)
            {
                var (item, uid) = read(bytes);

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

    /// <summary>Reads one page.</summary>
    /// <param name="next">The continuation that the page before named; null for the first page.</param>
    /// <param name="buffer">Where it is read into: the page is good until the next.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="KubeApiException">The server answers with an error: 410 for a continuation that has expired.</exception>
    /// <exception cref="KubeConnectionException">No answer came, or one that is no list.</exception>
    public async Task<ListPage> ReadPageAsync(string? next, ResponseBuffer buffer, CancellationToken cancellationToken)
    {
        var parameters = $"limit={pageSize}{(next is null ? "" : $"&continue={Uri.EscapeDataString(next)}")}";
        var body = await channel.SucceedAsync(ApiRequest.Get(PathWith(parameters)) with { Buffer = buffer }, cancellationToken);
        return channel.Failures.Read(() => ListPage.Read(body), "a list is not JSON");
    }

    /// <summary>The path of the list with more in its query.</summary>
    public string PathWith(string parameters) => $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{parameters}";
}
