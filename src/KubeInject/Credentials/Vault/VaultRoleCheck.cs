using System.Text.Json;
using KubeInject.Http;

namespace KubeInject.Credentials.Vault;

/// <summary>Checks what Vault itself checks where a pod logs in: whether its ServiceAccount may have credentials of a role.</summary>
internal sealed class VaultRoleCheck(VaultClient vault, string authMount)
{
    private const string Any = "*";

    /// <summary>Asks for the role of the auth method that says who may have the credentials of a database role.</summary>
    public static VaultRequest Question(string authMount, string role) =>
        VaultRequest.Get($"auth/{VaultRequest.Escape(authMount)}/role/{VaultRequest.EscapeName(role)}");

    /// <summary>The role in words.</summary>
    public static string Describe(string authMount, string role) => $"The role '{role}' of auth/{authMount.Trim('/')}";

    /// <summary>What stands in the way of a pod's having credentials of a role that exists.</summary>
    /// <param name="role">What Vault says of the role of the auth method.</param>
    /// <param name="name">Its name.</param>
    /// <param name="authMount">Where the auth method is mounted.</param>
    /// <param name="account">The pod's ServiceAccount.</param>
    /// <param name="namespace">The pod's namespace; null where the manifest names none.</param>
    public static IEnumerable<VaultRoleProblem> ProblemsOf(JsonElement role, string name, string authMount, string account, string? @namespace)
    {
        var which = Describe(authMount, name);
        var accounts = Texts(role.Get("bound_service_account_names"));
        if (!accounts.Contains(Any) && !accounts.Contains(account, StringComparer.Ordinal))
            yield return new(VaultRoleProblemKind.ServiceAccount, $"{which} is not bound to the ServiceAccount '{account}', but to {Words(accounts)} (bound_service_account_names).");
        var namespaces = Texts(role.Get("bound_service_account_namespaces"));
        if (!namespaces.Contains(Any) && !namespaces.Contains(@namespace ?? "", StringComparer.Ordinal))
            yield return new(VaultRoleProblemKind.Namespace, $"{which} is not bound to {(@namespace is not null ? $"the namespace '{@namespace}'" : "the pod's namespace, which the manifest does not specify")}, but to {Words(namespaces)} (bound_service_account_namespaces).");

        // Vault keeps the names of policies in lower case.
        if (!PoliciesOf(role).Contains(name, StringComparer.OrdinalIgnoreCase))
            yield return new(VaultRoleProblemKind.Policy, $"{which} does not have the policy '{name}' (token_policies), so its ServiceAccounts could not read the credentials themselves.");
    }

    /// <summary>The policies that a role of the auth method gives.</summary>
    public static IReadOnlyList<string> PoliciesOf(JsonElement role) => Texts(role.Get("token_policies"));

    /// <exception cref="CredentialException">It may not, or that cannot be found out.</exception>
    public async Task AllowAsync(CredentialRequest request, CancellationToken cancellationToken)
    {
        var question = Question(authMount, request.Role);
        var response = await vault.SendAsync(question, cancellationToken).ConfigureAwait(false);
        if (response.IsNothing)
            throw Refused($"{Describe(authMount, request.Role)} does not exist. Create it in Vault, or correct the role in the pod's annotations.");
        if (!response.IsSuccess)
            throw vault.Failure(question, response);
        if (ProblemsOf(response.Data, request.Role, authMount, request.ServiceAccountName, request.Owner.Namespace).FirstOrDefault() is { } problem)
            throw Refused(problem.Message);
    }

    private static CredentialException Refused(string message) => new(CredentialFailure.Refused, $"{message} Nothing was issued.");

    private static List<string> Texts(JsonElement list) => [.. list.Items().Select(item => item.Text()).OfType<string>()];

    private static string Words(List<string> texts) => texts.Count == 0 ? "none" : string.Join(", ", texts);
}
