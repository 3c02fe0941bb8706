using System.Threading.Channels;

namespace KubeInject.Controller;

/// <summary>
/// A queue of keys for several workers. A key is in the queue once, and is processed by one worker at a time. A key that fails
/// is processed again after a time that doubles with each failure.
/// </summary>
/// <typeparam name="T">The type of the keys.</typeparam>
internal sealed class WorkQueue<T> : IDisposable
    where T : notnull
{
    // Timers have a limit. A longer wait is continued afterwards.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromHours(1);

    private readonly object gate = new();
    private readonly Channel<T> ready = Channel.CreateUnbounded<T>();
    private readonly HashSet<T> waiting = [];
    private readonly HashSet<T> running = [];
    private readonly HashSet<T> again = []; // added while running
    private readonly Dictionary<T, int> failures = [];
    private readonly Dictionary<T, TimeSpan> due = [];
    private readonly PriorityQueue<T, TimeSpan> delayed = new(); // contains also entries that due has replaced
    private readonly TimeProvider time;
    private readonly TimeSpan firstBackoff;
    private readonly TimeSpan longestBackoff;
    private readonly long origin;
    private readonly ITimer timer;

    /// <param name="time">The clock.</param>
    /// <param name="firstBackoff">The time after the first failure of a key.</param>
    /// <param name="longestBackoff">The longest time after a failure.</param>
    public WorkQueue(TimeProvider time, TimeSpan firstBackoff, TimeSpan longestBackoff)
    {
        this.time = time;
        this.firstBackoff = firstBackoff;
        this.longestBackoff = longestBackoff;
        origin = time.GetTimestamp();
        timer = time.CreateTimer(_ => Promote(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The number of keys that wait for a worker.</summary>
    public int Length
    {
        get
        {
            lock (gate)
                return waiting.Count;
        }
    }

    private TimeSpan Now => time.GetElapsedTime(origin);

    /// <summary>Adds a key to be processed now. If it is being processed, it is processed again afterwards.</summary>
    public void Add(T key)
    {
        lock (gate)
            Enqueue(key);
    }

    /// <summary>Adds a key to be processed later. If it is already waiting, the earlier time applies.</summary>
    public void AddAfter(T key, TimeSpan delay)
    {
        lock (gate)
            Delay(key, delay);
    }

    /// <summary>Takes the next key. The caller has to complete it with <see cref="Succeed"/> or <see cref="Fail"/>.</summary>
    public async Task<T> TakeAsync(CancellationToken cancellationToken)
    {
        var key = await ready.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        lock (gate)
        {
            waiting.Remove(key);
            running.Add(key);
        }

        return key;
    }

    /// <summary>Completes a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="next">When it is processed again. Null for never.</param>
    public void Succeed(T key, TimeSpan? next = null)
    {
        lock (gate)
        {
            failures.Remove(key);
            Complete(key, next);
        }
    }

    /// <summary>Completes a key that has failed.</summary>
    public void Fail(T key)
    {
        lock (gate)
        {
            var count = failures[key] = failures.GetValueOrDefault(key) + 1;
            var wait = firstBackoff * Math.Pow(2, Math.Min(count - 1, 16));
            Complete(key, wait < longestBackoff ? wait : longestBackoff);
        }
    }

    /// <summary>Processes all keys now that have failed.</summary>
    public void RetryFailed()
    {
        lock (gate)
        {
            foreach (var key in failures.Keys.Where(key => !running.Contains(key)).ToList())
                Enqueue(key);
        }
    }

    /// <summary>Processes one of the keys that have failed now: the one that would be next.</summary>
    public void RetryOneFailed()
    {
        lock (gate)
        {
            var next = due.Where(pair => failures.ContainsKey(pair.Key)).OrderBy(pair => pair.Value).Take(1).ToList();
            next.ForEach(pair => Enqueue(pair.Key));
        }
    }

    public void Dispose() => timer.Dispose();

    private void Enqueue(T key)
    {
        due.Remove(key);
        if (running.Contains(key))
            again.Add(key);
        else if (waiting.Add(key))
            ready.Writer.TryWrite(key);
    }

    private void Complete(T key, TimeSpan? next)
    {
        running.Remove(key);
        if (again.Remove(key))
            Enqueue(key);
        else if (next is { } delay)
            Delay(key, delay);
    }

    private void Delay(T key, TimeSpan delay)
    {
        if (waiting.Contains(key))
            return;
        if (delay <= TimeSpan.Zero)
        {
            Enqueue(key);
            return;
        }

        var at = Now + delay;
        if (due.TryGetValue(key, out var before) && before <= at)
            return;
        due[key] = at;
        delayed.Enqueue(key, at);
        SetTimer();
    }

    private void Promote()
    {
        lock (gate)
        {
            var now = Now;
            while (delayed.TryPeek(out var key, out var at) && at <= now)
            {
                delayed.Dequeue();
                if (due.TryGetValue(key, out var current) && current == at)
                    Enqueue(key);
            }

            SetTimer();
        }
    }

    private void SetTimer()
    {
        if (!delayed.TryPeek(out _, out var at))
            return;
        var wait = at - Now;
        timer.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait < LongestTimer ? wait : LongestTimer, Timeout.InfiniteTimeSpan);
    }
}
