using System.Runtime.CompilerServices;
using System.Text.Json;

namespace KubeInject.Kubernetes;

/// <summary>Reads a list page by page; memory follows the page, not the list.</summary>
internal sealed class ListPager(ApiChannel channel)
{
    /// <summary>Lists the objects under a path, each once.</summary>
    /// <param name="path">The path of the list, with whatever selects in its query.</param>
    /// <param name="pageSize">How many objects one request brings at most.</param>
    /// <param name="read">Turns an item's bytes, which it must copy, into the object and its uid.</param>
    /// <param name="cancellationToken">Ends the list.</param>
    public async IAsyncEnumerable<T> ListAsync<T>(
        string path, int pageSize, Func<ReadOnlyMemory<byte>, (T Item, string? Uid)> read, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var newSinceRestart = true;
        string? next = null;
        while (true)
        {
            var response = await channel.SendAsync(HttpMethod.Get, PagePath(path, pageSize, next), null, cancellationToken);

            // The continuation has expired, so the list starts again. A restart that brought nothing new would
            // bring nothing new for ever.
            if (response.StatusCode == 410 && next is not null && newSinceRestart)
            {
                next = null;
                newSinceRestart = false;
                continue;
            }

            var page = ReadPage(response);
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
                yield break;
            next = page.Continue;
        }
    }

    private ListPage ReadPage(ApiResponse response)
    {
        if (!response.IsSuccess)
            throw channel.Failures.FromResponse(response);
        try
        {
            return ListPage.Read(response.Body);
        }
        catch (JsonException)
        {
            throw channel.Failures.NotKubernetes("a list is not JSON");
        }
    }

    private static string PagePath(string path, int pageSize, string? next)
    {
        var page = $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit={pageSize}";
        return next is null ? page : $"{page}&continue={Uri.EscapeDataString(next)}";
    }
}
