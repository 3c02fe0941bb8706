using KubeInject.Annotations;
using KubeInject.Annotations.Dialects;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Tests.Annotations.Dialects;

/// <summary>Pods with the annotations of another injector.</summary>
internal static class DialectPods
{
    public const string Agent = DialectKey.VaultAgentPrefix;
    public const string Bank = DialectKey.BankVaultsPrefix;

    public static PodTemplate Pod(params (string Key, string Value)[] annotations) => new()
    {
        Object = new ObjectReference("Deployment", "shop", "orders"),
        Annotations = annotations.ToDictionary(pair => pair.Key, pair => pair.Value),
    };

    /// <summary>For the Vault Agent: enabled, with a role, and with the annotations of the test.</summary>
    public static PodTemplate ForAgent(params (string Key, string Value)[] annotations) =>
        Pod([.. annotations.Concat([(Agent + "agent-inject", "true"), (Agent + "role", "orders")]).DistinctBy(pair => pair.Item1)]);

    /// <summary>For Bank-Vaults, with a password in a variable.</summary>
    public static PodTemplate ForBank(params (string Key, string Value)[] annotations) =>
        Pod(annotations) with { Containers = [WithVariables("app", ("PGPASSWORD", "vault:database/creds/orders#password"))] };

    /// <summary>For Bank-Vaults, in daemon mode, with a reference in a variable.</summary>
    public static PodTemplate ForBank(string reference) => ForBankWith(("PGPASSWORD", reference));

    public static PodTemplate ForBankWith(params (string Name, string Reference)[] variables) =>
        Pod((Bank + "vault-env-daemon", "true")) with { Containers = [WithVariables("app", variables)] };

    public static (string Key, string Value) Secret(string path = "database/creds/orders", string name = "orders") => (Agent + "agent-inject-secret-" + name, path);

    public static (string Key, string Value) Template(string text, string name = "orders") => (Agent + "agent-inject-template-" + name, text);

    public static PodContainer WithVariables(string name, params (string Name, string Reference)[] variables) =>
        new(name, false, [.. variables.Select(variable => variable.Name)])
        {
            VaultVariables = [.. variables.Select(variable => new VaultVariable(variable.Name, variable.Reference))],
        };

    public static IReadOnlyList<PodInjection> ReadAll(PodTemplate pod) => PodInjections.ReadAll(pod, InjectionOptions.Default);

    /// <summary>The only dialect of a pod.</summary>
    public static PodInjection Only(PodTemplate pod) => Assert.Single(ReadAll(pod));
}
