using System.Globalization;
using KubeInject.Http;
using KubeInject.Kubernetes.Errors;

namespace KubeInject.Kubernetes.Client;

/// <summary>Checks the limits of a list, so that each list ends. An exceeded limit is an error that names the limit.</summary>
/// <param name="failures">Creates the errors.</param>
/// <param name="limits">The limits.</param>
/// <param name="path">The path of the list.</param>
internal sealed class ListLimits(ApiFailures failures, ResponseLimits limits, string path)
{
    private readonly HashSet<string> continuations = new(StringComparer.Ordinal);
    private int restarts;
    private int emptyPages;
    private long objects;
    private TimeSpan elapsed;

    /// <summary>Counts objects of the list.</summary>
    /// <exception cref="KubeConnectionException">The list has too many objects.</exception>
    public void AddObjects(int count)
    {
        objects += count;
        if (objects > limits.MaxListObjects)
            throw Exceeded($"the list has more than {limits.MaxListObjects} objects");
    }

    /// <summary>Counts a page after it was read. The same page may be read again.</summary>
    /// <param name="from">The continue token of the page; null for the first page.</param>
    /// <param name="next">The continue token of the next page; null if this is the last page.</param>
    /// <param name="isEmpty">Whether the page has no objects.</param>
    /// <param name="time">The time that the server took for the page.</param>
    /// <exception cref="KubeConnectionException">A limit is exceeded.</exception>
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

    /// <summary>Counts a restart of the list because its continue token has expired.</summary>
    /// <param name="reason">The error of the server.</param>
    /// <exception cref="KubeApiException">The list was restarted too often.</exception>
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
