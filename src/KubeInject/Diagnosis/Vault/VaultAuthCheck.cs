using System.Text.Json;
using KubeInject.Annotations;
using KubeInject.Credentials.Vault;
using KubeInject.Diagnosis.Cluster;
using KubeInject.Http;

namespace KubeInject.Diagnosis.Vault;

/// <summary>Checks who can get the credentials: the role of the Kubernetes auth method, its tokens, and its policies.</summary>
internal sealed class VaultAuthCheck(CachingVaultReader reader, VaultIssuerOptions options, ClusterCache? cluster, VaultFindings findings)
{
    // Every token has this policy unless its role excludes it.
    private const string DefaultPolicy = "default";

    private string Auth => $"auth/{options.AuthMount.Trim('/')}";

    public async Task CheckAsync(VaultRoleReference reference, CancellationToken cancellationToken)
    {
        var request = VaultRoleCheck.Question(options.AuthMount, reference.Role);
        var role = await reader.ReadAsync(request, cancellationToken).ConfigureAwait(false);
        if (role.IsNotFound)
            findings.Error(
                FindingCode.MissingAuthRole, reference.RoleKey,
                $"{VaultRoleCheck.Describe(options.AuthMount, reference.Role)} does not exist, so no pod can get these credentials.",
                $"Create it, bound to the pod's ServiceAccount and namespace: vault write {Auth}/role/{reference.Role}.");
        else if (role.StatusCode == 404)
            findings.Error(
                FindingCode.MissingAuthMethod, reference.RoleKey,
                $"Vault has no auth method at '{Auth}'.",
                "Specify the path of the Kubernetes auth method that the cluster's pods use, or enable the method at this path.");
        else if (!role.IsSuccess)
            findings.Denied(request);
        else
            ReportRole(reference, role.Data, await NamespaceLabelsAsync(reference, role.Data, cancellationToken).ConfigureAwait(false));

        // Without pod identity, the token of a lease has only the policy with the name of the role.
        if (!options.UsePodIdentity)
            await CheckPolicyAsync(reference, cancellationToken).ConfigureAwait(false);
        else if (role.IsSuccess)
            await CheckPoliciesAsync(reference, VaultRoleCheck.PoliciesOf(role.Data), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gets the labels of the pod's namespace; null if the role does not select namespaces by labels, or if they cannot be read.</summary>
    private async Task<IReadOnlyDictionary<string, string>?> NamespaceLabelsAsync(VaultRoleReference reference, JsonElement role, CancellationToken cancellationToken) =>
        cluster is not null && VaultRoleCheck.HasNamespaceSelector(role) && reference.Pod.Object.Namespace is { } name
            ? (await cluster.NamespaceLabelsAsync(name, cancellationToken).ConfigureAwait(false)).Value
            : null;

    private void ReportRole(VaultRoleReference reference, JsonElement role, IReadOnlyDictionary<string, string>? labels)
    {
        var path = $"{Auth}/role/{reference.Role}";
        foreach (var problem in VaultRoleCheck.ProblemsOf(role, reference.Role, options.AuthMount, reference.Pod.ServiceAccountName, reference.Pod.Object.Namespace, labels))
        {
            switch (problem.Kind)
            {
                case VaultRoleProblemKind.ServiceAccount:
                    findings.Error(FindingCode.UnboundServiceAccount, reference.RoleKey, problem.Message,
                        $"Add '{reference.Pod.ServiceAccountName}' to bound_service_account_names of {path}, or run the pod as a bound ServiceAccount (spec.serviceAccountName).");
                    break;
                case VaultRoleProblemKind.UncheckedNamespace:
                    findings.Add(FindingSeverity.Warning, FindingCode.UnboundNamespace, reference.RoleKey, problem.Message,
                        "Check with a connection whose user may get namespaces.");
                    break;
                case VaultRoleProblemKind.Namespace when reference.Pod.Object.Namespace is { } name:
                    findings.Error(FindingCode.UnboundNamespace, reference.RoleKey, problem.Message,
                        $"Add '{name}' to bound_service_account_namespaces of {path}, or move the pod to a bound namespace.");
                    break;
                case VaultRoleProblemKind.Namespace:
                    findings.Add(FindingSeverity.Warning, FindingCode.UnboundNamespace, reference.RoleKey, problem.Message,
                        "Specify the namespace in the manifest (metadata.namespace).");
                    break;

                // With pod identity, any policy that grants the access is sufficient.
                case VaultRoleProblemKind.Policy when !options.UsePodIdentity:
                    findings.Error(FindingCode.PolicyNotAssigned, reference.RoleKey, problem.Message,
                        $"Add '{reference.Role}' to token_policies of {path}.");
                    break;
            }
        }

        if (options.UsePodIdentity)
            ReportTokens(reference, role, path);
    }

    private void ReportTokens(VaultRoleReference reference, JsonElement role, string path)
    {
        if (role.Text("token_type") == "batch" || role.Int("token_num_uses") != 0)
            findings.Error(
                FindingCode.UnsuitableTokens, reference.RoleKey,
                $"{VaultRoleCheck.Describe(options.AuthMount, reference.Role)} issues {(role.Text("token_type") == "batch" ? "batch tokens, which cannot be revoked" : "tokens with a limited number of uses, which can end during a lease")}.",
                $"Set token_type of {path} to service and token_num_uses to 0.");
        else if (role.Int("token_period") == 0)
            findings.Add(
                FindingSeverity.Warning, FindingCode.NoTokenPeriod, reference.RoleKey,
                $"{VaultRoleCheck.Describe(options.AuthMount, reference.Role)} has no token_period, so the credentials end at the maximum TTL of its tokens{(role.Int("token_max_ttl") is > 0 and var seconds ? $" ({VaultFindings.Time(TimeSpan.FromSeconds(seconds))})" : "")}, however often they are renewed.",
                $"Set token_period of {path}, for example to 24h.");
    }

    private async Task CheckPolicyAsync(VaultRoleReference reference, CancellationToken cancellationToken)
    {
        var (exists, allowsRead) = await ReadPolicyAsync(reference.Role, reference.CredentialsPath, cancellationToken).ConfigureAwait(false);
        if (exists == false)
            findings.Error(
                FindingCode.MissingPolicy, reference.RoleKey,
                $"Vault has no policy '{reference.Role}', which is required to read the credentials of that role.",
                $"Create it: vault policy write {reference.Role} - <<<'{Grant(reference)}'.");
        else if (allowsRead == false)
            ReportNoGrant(reference, $"The policy '{reference.Role}' does not allow reading '{reference.CredentialsPath}'.", $"policy '{reference.Role}'");
    }

    private async Task CheckPoliciesAsync(VaultRoleReference reference, IReadOnlyList<string> policies, CancellationToken cancellationToken)
    {
        var isCertain = true;
        foreach (var policy in policies.Append(DefaultPolicy).Distinct(StringComparer.Ordinal))
        {
            switch (await ReadPolicyAsync(policy, reference.CredentialsPath, cancellationToken).ConfigureAwait(false))
            {
                case (_, true):
                    return;
                case (false, _) when policy != DefaultPolicy:
                    findings.Add(
                        FindingSeverity.Warning, FindingCode.MissingPolicy, reference.RoleKey,
                        $"{VaultRoleCheck.Describe(options.AuthMount, reference.Role)} assigns the policy '{policy}', which does not exist in Vault.",
                        $"Create the policy, or remove it from token_policies of {Auth}/role/{reference.Role}.");
                    break;
                case (_, null):
                    isCertain = false;
                    break;
            }
        }

        if (isCertain)
            ReportNoGrant(reference, $"No policy of the role '{reference.Role}' of {Auth} allows reading '{reference.CredentialsPath}'.", $"policy of {Auth}/role/{reference.Role}");
    }

    private void ReportNoGrant(VaultRoleReference reference, string message, string where) =>
        findings.Error(FindingCode.PolicyWithoutCredentials, reference.RoleKey, message, $"Add to the {where}: {Grant(reference)}.");

    /// <returns>Whether the policy exists, and whether it allows reading the path; null if that is not known.</returns>
    private async Task<(bool? Exists, bool? AllowsRead)> ReadPolicyAsync(string name, string path, CancellationToken cancellationToken)
    {
        var request = VaultRequest.Get($"sys/policies/acl/{VaultRequest.EscapeName(name)}");
        var policy = await reader.ReadAsync(request, cancellationToken).ConfigureAwait(false);
        if (policy.StatusCode == 404)
            return (false, false);
        if (policy.IsSuccess)
            return (true, policy.Data.Text("policy") is { } text ? VaultPolicyText.LetsRead(text, path) : null);
        findings.Denied(request);
        return (null, null);
    }

    private static string Grant(VaultRoleReference reference) => $$"""path "{{reference.CredentialsPath}}" { capabilities = ["read"] }""";
}
