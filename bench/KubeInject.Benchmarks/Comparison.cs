namespace KubeInject.Benchmarks;

/// <summary>An operation of KubeInject, and an operation of another library or client that does the same work or a part of it.</summary>
/// <param name="Name">The name, as in <c>ratios.json</c>.</param>
/// <param name="Peer">The other operation, for people.</param>
/// <param name="Ours">Runs the operation of KubeInject once.</param>
/// <param name="Theirs">Runs the other operation once.</param>
internal sealed record Comparison(string Name, string Peer, Func<Task> Ours, Func<Task> Theirs)
{
    /// <summary>The highest ratio that is a success. Null if there is no goal.</summary>
    public double? Goal { get; init; }

    /// <summary>
    /// Whether the operations start processes or wait for servers, so that the elapsed time of a single run is measured.
    /// Otherwise, the processor time of this process is measured.
    /// </summary>
    public bool IsExternal { get; init; }

    /// <summary>Whether the short run includes the comparison.</summary>
    public bool IsShort { get; init; }

    /// <summary>Creates a comparison of operations that do not wait.</summary>
    public static Comparison Of<TOurs, TTheirs>(string name, string peer, Func<TOurs> ours, Func<TTheirs> theirs) =>
        new(name, peer, () => Task.FromResult(ours()), () => Task.FromResult(theirs()));
}
