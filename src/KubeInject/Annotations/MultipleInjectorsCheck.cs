namespace KubeInject.Annotations;

/// <summary>Checks whether a pod has annotations of several injectors.</summary>
internal static class MultipleInjectorsCheck
{
    /// <summary>Returns the injections. If there are several, the first has a finding about it.</summary>
    public static IReadOnlyList<PodInjection> WithFindings(IReadOnlyList<PodInjection> injections)
    {
        if (injections.Count < 2)
            return injections;
        var active = injections.Where(injection => injection is not { Dialect: InjectionDialect.VaultDbInjector, State: InjectionState.None }).ToList();
        if (active.Count < 2)
            return injections;
        var first = injections[0];
        var finding = new Finding
        {
            Code = FindingCode.MultipleInjectors,
            Severity = FindingSeverity.Warning,
            Object = first.Pod.Object,
            Server = first.Server,
            Message = $"The pod has annotations of {string.Join(" and of ", active.Select(injection => NameOf(injection.Dialect)))}, and each injector acts on the pod independently.",
            Suggestion = "Keep the annotations of one injector, or make sure that the injectors do not write the same variables or files.",
        };
        var errors = first.Findings.TakeWhile(other => other.Severity == FindingSeverity.Error);
        return [first with { Findings = [.. errors, finding, .. first.Findings.SkipWhile(other => other.Severity == FindingSeverity.Error)] }, .. injections.Skip(1)];
    }

    private static string NameOf(InjectionDialect dialect) => dialect switch
    {
        InjectionDialect.VaultAgent => "the Vault Agent injector",
        InjectionDialect.BankVaults => "Bank-Vaults",
        _ => "the Vault database-credential injector",
    };
}
