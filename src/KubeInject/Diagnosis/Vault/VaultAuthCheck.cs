using System.Text.Json;
using KubeInject.Annotations;
using KubeInject.Credentials.Vault;
using KubeInject.Http;

namespace KubeInject.Diagnosis.Vault;

/// <summary>Looks at who may have the credentials: the role of the Kubernetes auth method, its tokens, and the policies.</summary>
internal sealed class VaultAuthCheck(CachingVaultReader look, VaultIssuerOptions options, VaultFindings findings)
{
    // Every token has it unless its role says otherwise.
    private const string DefaultPolicy = "default";

    private string Auth => $"auth/{options.AuthMount.Trim('/')}";

    public async Task CheckAsync(VaultRoleReference place, CancellationToken cancellationToken)
    {
        var question = VaultRoleCheck.Question(options.AuthMount, place.Role);
        var role = await look.ReadAsync(question, cancellationToken).ConfigureAwait(false);
        if (role.IsNothing)
            findings.Error(
                FindingCode.MissingAuthRole, place.RoleKey,
                $"{VaultRoleCheck.Describe(options.AuthMount, place.Role)} does not exist, so that nobody may have these credentials.",
                $"Create it, bound to the pod's ServiceAccount and namespace: vault write {Auth}/role/{place.Role}.");
        else if (role.StatusCode == 404)
            findings.Error(
                FindingCode.MissingAuthMethod, place.RoleKey,
                $"Vault has no auth method at '{Auth}'.",
                "Name the path of the Kubernetes auth method that the cluster's pods use, or enable one there.");
        else if (!role.IsSuccess)
            findings.Denied(question);
        else
            ReportRole(place, role.Data);

        // Without pod identity the token of a lease has the policy of the role's name and no other.
        if (!options.UsePodIdentity)
            await CheckPolicyAsync(place, cancellationToken).ConfigureAwait(false);
        else if (role.IsSuccess)
            await CheckPoliciesAsync(place, VaultRoleCheck.PoliciesOf(role.Data), cancellationToken).ConfigureAwait(false);
    }

    private void ReportRole(VaultRoleReference place, JsonElement role)
    {
        var path = $"{Auth}/role/{place.Role}";
        foreach (var problem in VaultRoleCheck.ProblemsOf(role, place.Role, options.AuthMount, place.Pod.ServiceAccountName, place.Pod.Object.Namespace))
        {
            switch (problem.Kind)
            {
                case VaultRoleProblemKind.ServiceAccount:
                    findings.Error(FindingCode.UnboundServiceAccount, place.RoleKey, problem.Message,
                        $"Add '{place.Pod.ServiceAccountName}' to bound_service_account_names of {path}, or let the pod run as one that is bound (spec.serviceAccountName).");
                    break;
                case VaultRoleProblemKind.Namespace when place.Pod.Object.Namespace is { } name:
                    findings.Error(FindingCode.UnboundNamespace, place.RoleKey, problem.Message,
                        $"Add '{name}' to bound_service_account_namespaces of {path}, or move the pod to a namespace that is bound.");
                    break;
                case VaultRoleProblemKind.Namespace:
                    findings.Add(FindingSeverity.Warning, FindingCode.UnboundNamespace, place.RoleKey, problem.Message,
                        "Name the namespace in the manifest (metadata.namespace).");
                    break;

                // With pod identity any policy will do that grants it.
                case VaultRoleProblemKind.Policy when !options.UsePodIdentity:
                    findings.Error(FindingCode.PolicyNotGiven, place.RoleKey, problem.Message,
                        $"Add '{place.Role}' to token_policies of {path}.");
                    break;
            }
        }

        if (options.UsePodIdentity)
            ReportTokens(place, role, path);
    }

    private void ReportTokens(VaultRoleReference place, JsonElement role, string path)
    {
        if (role.Text("token_type") == "batch" || role.Int("token_num_uses") != 0)
            findings.Error(
                FindingCode.UnfitTokens, place.RoleKey,
                $"{VaultRoleCheck.Describe(options.AuthMount, place.Role)} gives out {(role.Text("token_type") == "batch" ? "batch tokens, which cannot be revoked" : "tokens for a number of uses, which end in the middle of a lease")}.",
                $"Set token_type of {path} to service and its token_num_uses to 0.");
        else if (role.Int("token_period") == 0)
            findings.Add(
                FindingSeverity.Warning, FindingCode.NoTokenPeriod, place.RoleKey,
                $"{VaultRoleCheck.Describe(options.AuthMount, place.Role)} has no token_period, so that the credentials end with the longest life of its tokens{(role.Int("token_max_ttl") is > 0 and var seconds ? $" ({VaultFindings.Time(TimeSpan.FromSeconds(seconds))})" : "")}, however often they are renewed.",
                $"Set token_period of {path}, for example to 24h.");
    }

    private async Task CheckPolicyAsync(VaultRoleReference place, CancellationToken cancellationToken)
    {
        var (isThere, letsRead) = await ReadPolicyAsync(place.Role, place.CredentialsPath, cancellationToken).ConfigureAwait(false);
        if (isThere == false)
            findings.Error(
                FindingCode.MissingPolicy, place.RoleKey,
                $"Vault has no policy '{place.Role}', without which the credentials of that role cannot be read.",
                $"Write it: vault policy write {place.Role} - <<<'{Grant(place)}'.");
        else if (letsRead == false)
            ReportNoGrant(place, $"The policy '{place.Role}' does not let '{place.CredentialsPath}' be read.", $"policy '{place.Role}'");
    }

    private async Task CheckPoliciesAsync(VaultRoleReference place, IReadOnlyList<string> policies, CancellationToken cancellationToken)
    {
        var isCertain = true;
        foreach (var policy in policies.Append(DefaultPolicy).Distinct(StringComparer.Ordinal))
        {
            switch (await ReadPolicyAsync(policy, place.CredentialsPath, cancellationToken).ConfigureAwait(false))
            {
                case (_, true):
                    return;
                case (false, _) when policy != DefaultPolicy:
                    findings.Add(
                        FindingSeverity.Warning, FindingCode.MissingPolicy, place.RoleKey,
                        $"{VaultRoleCheck.Describe(options.AuthMount, place.Role)} gives the policy '{policy}', which Vault does not have.",
                        $"Write that policy, or take it out of token_policies of {Auth}/role/{place.Role}.");
                    break;
                case (_, null):
                    isCertain = false;
                    break;
            }
        }

        if (isCertain)
            ReportNoGrant(place, $"No policy of the role '{place.Role}' of {Auth} lets '{place.CredentialsPath}' be read.", $"policy of {Auth}/role/{place.Role}");
    }

    private void ReportNoGrant(VaultRoleReference place, string message, string where) =>
        findings.Error(FindingCode.PolicyWithoutCredentials, place.RoleKey, message, $"Add to the {where}: {Grant(place)}.");

    /// <returns>Whether the policy is there, and whether it lets the path be read; null for what cannot be said.</returns>
    private async Task<(bool? IsThere, bool? LetsRead)> ReadPolicyAsync(string name, string path, CancellationToken cancellationToken)
    {
        var question = VaultRequest.Get($"sys/policies/acl/{VaultRequest.EscapeName(name)}");
        var policy = await look.ReadAsync(question, cancellationToken).ConfigureAwait(false);
        if (policy.StatusCode == 404)
            return (false, false);
        if (policy.IsSuccess)
            return (true, policy.Data.Text("policy") is { } text ? VaultPolicyText.LetsRead(text, path) : null);
        findings.Denied(question);
        return (null, null);
    }

    private static string Grant(VaultRoleReference place) => $$"""path "{{place.CredentialsPath}}" { capabilities = ["read"] }""";
}
