using System.Globalization;
using KubeInject.Http;
using KubeInject.Kubernetes.Errors;

namespace KubeInject.Kubernetes.Client;

/// <summary>Makes sure that a list ends, whatever its pages say: where a limit is reached, with an error that names it.</summary>
/// <param name="failures">Makes the errors.</param>
/// <param name="limits">The limits.</param>
/// <param name="path">The path of the list.</param>
internal sealed class ListLimits(ApiFailures failures, ResponseLimits limits, string path)
{
    private readonly HashSet<string> continuations = new(StringComparer.Ordinal);
    private int restarts;
    private int emptyPages;
    private long objects;
    private TimeSpan elapsed;

    /// <summary>Notes objects of the list.</summary>
    /// <exception cref="KubeConnectionException">They are too many.</exception>
    public void AddObjects(int count)
    {
        objects += count;
        if (objects > limits.MaxListObjects)
            throw Exceeded($"the list has more than {limits.MaxListObjects} objects");
    }

    /// <summary>Notes a page, once it is read. The same page may be read again.</summary>
    /// <param name="from">Where the page starts; null for the first page.</param>
    /// <param name="next">Where the list goes on; null where this is the last page.</param>
    /// <param name="isEmpty">Whether the page has no object.</param>
    /// <param name="time">How long the server took for it.</param>
    /// <exception cref="KubeConnectionException">The list does not end.</exception>
    public void AddPage(string? from, string? next, bool isEmpty, TimeSpan time)
    {
        if (from is not null)
            continuations.Add(from);
        elapsed += time;
        emptyPages = isEmpty ? emptyPages + 1 : 0;
        if (next is null)
            return;
        if (continuations.Contains(next))
            throw Exceeded($"the list is circular: page {continuations.Count + 1} has the continue token of an earlier page");
        if (emptyPages > limits.MaxEmptyPages)
            throw Exceeded($"the list continues after {limits.MaxEmptyPages} pages without an object");
        if (elapsed > limits.MaxListTime)
            throw Exceeded($"the list takes longer than {limits.MaxListTime.TotalSeconds:0} s");
    }

    /// <summary>Notes that the list starts again, because the server no longer knows where it goes on.</summary>
    /// <param name="reason">The server's answer.</param>
    /// <exception cref="KubeApiException">It has started again too often.</exception>
    public void Restart(KubeApiException reason)
    {
        if (++restarts > limits.MaxListRestarts)
        {
            throw new KubeApiException(
                reason.StatusCode,
                reason.Reason,
                $"The list {path} of {failures.Server} was restarted {limits.MaxListRestarts} times, because its continue token had expired ({reason.Message.TrimEnd('.')}). List fewer objects at a time (specify a namespace or a selector), or run the command again when the server is less busy.");
        }

        continuations.Clear();
        emptyPages = 0;
        objects = 0;
    }

    private KubeConnectionException Exceeded(FormattableString limit) => failures.LimitExceeded(path, limit.ToString(CultureInfo.InvariantCulture));
}
