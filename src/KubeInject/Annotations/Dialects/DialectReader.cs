using KubeInject.Kubernetes.Objects;

namespace KubeInject.Annotations.Dialects;

/// <summary>Reads what a pod says in other injectors' words.</summary>
internal static class DialectReader
{
    private static readonly InjectionDialect[] Foreign = [InjectionDialect.VaultAgent, InjectionDialect.BankVaults];

    /// <summary>One injection for each other injector whose words the pod uses, in the order of the dialects.</summary>
    public static IReadOnlyList<PodInjection> ReadAll(PodTemplate pod)
    {
        var spoken = Spoken(pod);
        return spoken == 0 ? [] : [.. Foreign.Where(dialect => (spoken & Bit(dialect)) != 0).Select(dialect => Read(pod, dialect))];
    }

    /// <summary>What the pod says in another injector's words, with what its model has no word for.</summary>
    public static DialectParseResult Read(PodTemplate pod, InjectionDialect dialect, FindingList findings) => dialect == InjectionDialect.VaultAgent
        ? VaultAgentReader.Read(pod, findings)
        : BankVaultsReader.Read(pod, findings);

    private static PodInjection Read(PodTemplate pod, InjectionDialect dialect)
    {
        var findings = new FindingList(pod);
        var reading = Read(pod, dialect, findings);
        return new PodInjection
        {
            Pod = pod,
            Dialect = dialect,
            State = reading.State,
            Databases = [.. reading.Databases.Select(database => database.Injection)],
            Findings = findings.Sorted(),
        };
    }

    // Most pods use none: one look at each key, and nothing is allocated.
    private static int Spoken(PodTemplate pod)
    {
        var spoken = 0;
        foreach (var (key, _) in pod.Annotations.Pairs())
            spoken |= Bit(DialectKey.Of(key) ?? DialectKey.NearlyOf(key)?.Dialect);
        foreach (var (key, _) in pod.WorkloadAnnotations.Pairs())
            spoken |= Bit(DialectKey.Of(key));
        foreach (var container in pod.Containers)
        {
            if (container.VaultVariables.Count > 0)
                spoken |= Bit(InjectionDialect.BankVaults);
        }

        return spoken & ~Bit(InjectionDialect.VaultDbInjector);
    }

    private static int Bit(InjectionDialect? dialect) => dialect is { } value ? 1 << (int)value : 0;
}
