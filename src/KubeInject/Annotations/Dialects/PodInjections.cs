using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Annotations.Dialects;

/// <summary>Reads and checks the injection annotations of pods in all dialects.</summary>
public static class PodInjections
{
    // Enough for all processors. The metadata of more batches does not have to be in memory.
    private static readonly int MaxBatches = 2 * Environment.ProcessorCount;

    /// <summary>Reads a pod's annotations for all supported injectors.</summary>
    /// <param name="pod">The pod, or the workload with its pod template.</param>
    /// <param name="options">The label key and the default mount path.</param>
    /// <returns>
    /// One injection for each dialect that the pod uses, in the order of <see cref="InjectionDialect"/>. If the pod uses no
    /// dialect: one injection for <see cref="InjectionDialect.VaultDbInjector"/>, as <see cref="PodInjectionReader.Read"/> returns it.
    /// </returns>
    public static IReadOnlyList<PodInjection> ReadAll(PodTemplate pod, InjectionOptions options)
    {
        ArgumentNullException.ThrowIfNull(pod);
        ArgumentNullException.ThrowIfNull(options);
        if (AnnotationPrefilter.Includes(pod, options) && !AnnotationPrefilter.HasReferences(pod))
            return [new PodInjection { Pod = pod, State = InjectionState.None }];
        var own = PodInjectionReader.Read(pod, options);
        var others = DialectReader.ReadAll(pod);
        if (others.Count == 0)
            return [own];
        return MultipleInjectorsCheck.WithFindings(own is { State: InjectionState.None, Findings: [] } ? others : [own, .. others]);
    }

    /// <summary>Reads the annotations in a pod's metadata. Containers are not checked.</summary>
    /// <param name="pod">The pod's metadata.</param>
    /// <param name="options">The label key and the default mount path.</param>
    /// <returns>The same as for <see cref="ReadAll(PodTemplate, InjectionOptions)"/>.</returns>
    public static IReadOnlyList<PodInjection> ReadAll(ObjectMetadata pod, InjectionOptions options)
    {
        ArgumentNullException.ThrowIfNull(pod);
        return ReadAll(pod.ToTemplate(), options);
    }

    /// <summary>Reads the annotations in the metadata of many pods. Batches are read on other threads while the next ones arrive.</summary>
    /// <param name="batches">The metadata of the pods.</param>
    /// <param name="options">The label key and the default mount path.</param>
    /// <param name="cancellationToken">Stops the operation.</param>
    /// <returns>For each batch, in the same order, the injections of all its pods.</returns>
    internal static async IAsyncEnumerable<IReadOnlyList<PodInjection>> ReadAllAsync(
        IAsyncEnumerable<IReadOnlyList<ObjectMetadata>> batches, InjectionOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reads = new Queue<Task<PodInjection[]>>();
        ExceptionDispatchInfo? failure = null;
        var arriving = batches.GetAsyncEnumerator(cancellationToken);
        await using var _ = arriving.ConfigureAwait(false);
        while (true)
        {
            try
            {
                if (!await arriving.MoveNextAsync().ConfigureAwait(false))
                    break;
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
                break;
            }

            var pods = arriving.Current;
            reads.Enqueue(Task.Run(() => pods.SelectMany(pod => ReadAll(pod, options)).ToArray(), CancellationToken.None));
            while (reads.TryPeek(out var first) && (first.IsCompleted || reads.Count == MaxBatches))
                yield return await reads.Dequeue().ConfigureAwait(false);
        }

        // Also after a failure: the batches that arrived before it are complete.
        while (reads.TryDequeue(out var read))
            yield return await read.ConfigureAwait(false);
        failure?.Throw();
    }
}
