using KubeInject.Kubernetes.Objects;

namespace KubeInject.Annotations.Dialects;

/// <summary>Reads annotations of other injectors.</summary>
internal static class DialectReader
{
    private static readonly InjectionDialect[] Foreign = [InjectionDialect.VaultAgent, InjectionDialect.BankVaults];

    /// <summary>Returns one injection for each other injector whose annotations the pod has, in the order of the dialects.</summary>
    public static IReadOnlyList<PodInjection> ReadAll(PodTemplate pod)
    {
        var dialects = DialectsOf(pod);
        return dialects == 0 ? [] : [.. Foreign.Where(dialect => (dialects & Bit(dialect)) != 0).Select(dialect => Read(pod, dialect))];
    }

    /// <summary>Reads the annotations of a pod for another injector.</summary>
    public static DialectParseResult Read(PodTemplate pod, InjectionDialect dialect, FindingList findings) => dialect == InjectionDialect.VaultAgent
        ? VaultAgentReader.Read(pod, findings)
        : BankVaultsReader.Read(pod, findings);

    private static PodInjection Read(PodTemplate pod, InjectionDialect dialect)
    {
        var findings = new FindingList(pod);
        var result = Read(pod, dialect, findings);
        return new PodInjection
        {
            Pod = pod,
            Dialect = dialect,
            State = result.State,
            Databases = [.. result.Databases.Select(database => database.Injection)],
            Findings = findings.Sorted(),
        };
    }

    // Most pods use no other dialect, so each key is checked once and nothing is allocated.
    private static int DialectsOf(PodTemplate pod)
    {
        var dialects = 0;
        foreach (var (key, _) in pod.Annotations.Pairs())
            dialects |= Bit(DialectKey.Of(key) ?? DialectKey.NearlyOf(key)?.Dialect);
        foreach (var (key, _) in pod.WorkloadAnnotations.Pairs())
            dialects |= Bit(DialectKey.Of(key));
        foreach (var container in pod.Containers)
        {
            if (container.VaultVariables.Count > 0)
                dialects |= Bit(InjectionDialect.BankVaults);
        }

        return dialects & ~Bit(InjectionDialect.VaultDbInjector);
    }

    private static int Bit(InjectionDialect? dialect) => dialect is { } value ? 1 << (int)value : 0;
}
