using System.Text.Json;
using KubeInject.Http;

namespace KubeInject.Credentials.Vault;

/// <summary>Checks whether a pod's ServiceAccount may get credentials of a role, with the same rules as a login of the pod to Vault.</summary>
internal sealed class VaultRoleCheck(VaultClient vault, string authMount)
{
    private const string Any = "*";

    /// <summary>Creates the request for the role of the auth method that defines who may get the credentials of a database role.</summary>
    public static VaultRequest Question(string authMount, string role) =>
        VaultRequest.Get($"auth/{VaultRequest.Escape(authMount)}/role/{VaultRequest.EscapeName(role)}");

    /// <summary>Describes the role for messages.</summary>
    public static string Describe(string authMount, string role) => $"The role '{role}' of auth/{authMount.Trim('/')}";

    /// <summary>Returns the reasons why a pod cannot get credentials of an existing role.</summary>
    /// <param name="role">The role of the auth method, as Vault returns it.</param>
    /// <param name="name">The name of the role.</param>
    /// <param name="authMount">The mount path of the auth method.</param>
    /// <param name="account">The name of the pod's ServiceAccount.</param>
    /// <param name="namespace">The pod's namespace; null if the manifest does not specify one.</param>
    public static IEnumerable<VaultRoleProblem> ProblemsOf(JsonElement role, string name, string authMount, string account, string? @namespace)
    {
        var which = Describe(authMount, name);
        var accounts = Texts(role.Get("bound_service_account_names"));
        if (!accounts.Contains(Any) && !accounts.Contains(account, StringComparer.Ordinal))
            yield return new(VaultRoleProblemKind.ServiceAccount, $"{which} is not bound to the ServiceAccount '{account}', but to {Join(accounts)} (bound_service_account_names).");
        var namespaces = Texts(role.Get("bound_service_account_namespaces"));
        if (!namespaces.Contains(Any) && !namespaces.Contains(@namespace ?? "", StringComparer.Ordinal))
            yield return new(VaultRoleProblemKind.Namespace, $"{which} is not bound to {(@namespace is not null ? $"the namespace '{@namespace}'" : "the pod's namespace, which the manifest does not specify")}, but to {Join(namespaces)} (bound_service_account_namespaces).");

        // Vault stores the names of policies in lowercase.
        if (!PoliciesOf(role).Contains(name, StringComparer.OrdinalIgnoreCase))
            yield return new(VaultRoleProblemKind.Policy, $"{which} does not have the policy '{name}' (token_policies), so its ServiceAccounts could not read the credentials themselves.");
    }

    /// <summary>Returns the policies that a role of the auth method assigns to its tokens.</summary>
    public static IReadOnlyList<string> PoliciesOf(JsonElement role) => Texts(role.Get("token_policies"));

    /// <summary>Checks whether the credential of a lease may be issued.</summary>
    /// <exception cref="CredentialException">The credential may not be issued, or the role cannot be read.</exception>
    public async Task AllowAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        var vaultRequest = Question(authMount, lease.Role);
        var response = await vault.SendAsync(vaultRequest, cancellationToken).ConfigureAwait(false);
        if (response.IsNotFound)
            throw Refused($"{Describe(authMount, lease.Role)} does not exist. Create it in Vault, or correct the role in the pod's annotations.");
        if (!response.IsSuccess)
            throw vault.Failure(vaultRequest, response);
        if (ProblemsOf(response.Data, lease.Role, authMount, lease.ServiceAccountName, lease.Owner.Namespace).FirstOrDefault() is { } problem)
            throw Refused(problem.Message);
    }

    private static CredentialException Refused(string message) => new(CredentialFailure.Refused, $"{message} Nothing was issued.");

    private static List<string> Texts(JsonElement list) => [.. list.Items().Select(item => item.Text()).OfType<string>()];

    private static string Join(List<string> texts) => texts.Count == 0 ? "none" : string.Join(", ", texts);
}

/// <summary>A reason why a pod cannot get credentials of a role.</summary>
/// <param name="Kind">The part of the role that does not match the pod.</param>
/// <param name="Message">The reason in one sentence.</param>
internal sealed record VaultRoleProblem(VaultRoleProblemKind Kind, string Message);

/// <summary>The part of a role of the Kubernetes auth method that does not match a pod.</summary>
internal enum VaultRoleProblemKind
{
    /// <summary>The bound ServiceAccounts.</summary>
    ServiceAccount,

    /// <summary>The bound namespaces.</summary>
    Namespace,

    /// <summary>The policies of its tokens.</summary>
    Policy,
}
