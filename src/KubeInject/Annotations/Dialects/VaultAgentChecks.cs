using KubeInject.Kubernetes.Objects;

namespace KubeInject.Annotations.Dialects;

/// <summary>Checks the pod-wide annotations for the Vault Agent injector.</summary>
internal static class VaultAgentChecks
{
    // The init container that the injector adds.
    private const string AgentsInitContainer = "vault-agent-init";

    public static void Report(
        PodTemplate pod, VaultAgentKeys keys, IReadOnlyList<DialectDatabase> databases, bool isInjected, FindingList findings)
    {
        ReportSwitch(keys, findings);
        ReportRole(keys, findings);
        ReportNothing(keys, findings);
        ReportLease(pod, keys, databases, findings);
        if (!isInjected)
            ReportInitContainers(pod, keys, findings);
        ReportContainers(pod, keys, findings);
    }

    private static void ReportSwitch(VaultAgentKeys keys, FindingList findings)
    {
        var key = VaultAgentKeys.Key(VaultAgentKeys.Inject);
        if (!keys.Has(VaultAgentKeys.Inject))
            findings.Error(
                FindingCode.InjectorNotActivated,
                key,
                $"The pod does not have the annotation {Redaction.Key(key)}, so the Vault Agent injector ignores the pod.",
                "Add it with the value \"true\".",
                DialectChecks.Set($"Set {Redaction.Key(key)} to \"true\".", key, "true"));
    }

    // Other auth methods need no role, or get it from another setting.
    private static void ReportRole(VaultAgentKeys keys, FindingList findings)
    {
        if (keys.Text(VaultAgentKeys.Role) is null && keys.Text("auth-config-role") is null && !keys.Has(VaultAgentKeys.ConfigMap)
            && keys.Text(VaultAgentKeys.AuthType) is null or "kubernetes")
            findings.Error(
                FindingCode.AgentWithoutRole,
                VaultAgentKeys.Key(VaultAgentKeys.Role),
                $"The pod does not have the annotation {Redaction.Key(VaultAgentKeys.Key(VaultAgentKeys.Role))}, so the Vault Agent injector refuses the pod.",
                "Add it, and specify the role of Vault's Kubernetes auth method that is bound to the pod's ServiceAccount.");
    }

    private static void ReportNothing(VaultAgentKeys keys, FindingList findings)
    {
        if (keys.IsTrue(VaultAgentKeys.Inject) && keys.Secrets.Count == 0 && !keys.Has(VaultAgentKeys.ConfigMap)
            && !keys.IsTrue(VaultAgentKeys.Token) && !keys.IsTrue(VaultAgentKeys.Cache))
            findings.Warning(
                FindingCode.NothingToInject,
                VaultAgentKeys.Key(VaultAgentKeys.Inject),
                "The pod requests no secret from the Vault Agent injector.",
                $"Request a secret with '{VaultAgentKeys.Key(VaultAgentKeys.Secret)}-NAME'.");
    }

    private static void ReportLease(PodTemplate pod, VaultAgentKeys keys, IReadOnlyList<DialectDatabase> databases, FindingList findings)
    {
        if (keys.IsTrue(VaultAgentKeys.PrePopulateOnly) && !DialectChecks.RunsToEnd(pod) && databases.Any(database => !database.IsStatic))
            findings.Warning(
                FindingCode.LeaseNotRenewed,
                VaultAgentKeys.Key(VaultAgentKeys.PrePopulateOnly),
                $"Because of {Redaction.Key(VaultAgentKeys.Key(VaultAgentKeys.PrePopulateOnly))}, no Vault Agent runs next to the containers, so the lease of the credentials is not renewed.",
                "Remove the annotation, unless the pod ends before the lease expires.");
    }

    private static void ReportInitContainers(PodTemplate pod, VaultAgentKeys keys, FindingList findings)
    {
        var names = pod.Containers.Where(container => container.IsInit && container.Name != AgentsInitContainer).Select(container => Redaction.Key(container.Name)).ToList();
        if (names.Count == 0 || keys.Secrets.Count == 0 || keys.Has(VaultAgentKeys.InitFirst) || keys.IsFalse(VaultAgentKeys.PrePopulate))
            return;
        var key = VaultAgentKeys.Key(VaultAgentKeys.InitFirst);
        findings.Warning(
            FindingCode.InitContainerBeforeSecrets,
            key,
            $"The secrets do not exist yet when init container {string.Join(", ", names)} runs, because the Vault Agent runs last.",
            $"Set {Redaction.Key(key)} to \"true\", or to \"false\" if no init container needs a secret.",
            DialectChecks.Set($"Set {Redaction.Key(key)} to \"true\".", key, "true"));
    }

    private static void ReportContainers(PodTemplate pod, VaultAgentKeys keys, FindingList findings)
    {
        if (pod.Containers.Count == 0 || keys.Text(VaultAgentKeys.Containers) is not { } list)
            return;
        foreach (var name in list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!pod.Containers.Any(container => container.Name == name))
                findings.Warning(
                    FindingCode.UnknownContainer,
                    VaultAgentKeys.Key(VaultAgentKeys.Containers),
                    $"Annotation {Redaction.Key(VaultAgentKeys.Key(VaultAgentKeys.Containers))} names the container {Redaction.Value(name)}, which the pod does not have.",
                    "Correct the name, or remove the annotation so that all containers get the secrets.");
        }
    }
}
