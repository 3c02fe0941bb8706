using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using KubeInject.Http;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Credentials.Vault;

/// <summary>Checks whether a pod's ServiceAccount may get credentials of a role, with the same rules as a login of the pod to Vault.</summary>
internal sealed class VaultRoleCheck(VaultClient vault, string authMount)
{
    private const string NamespaceSelector = "bound_service_account_namespace_selector";

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
    /// <param name="labels">The labels of the pod's namespace; null if they are not known.</param>
    public static IEnumerable<VaultRoleProblem> ProblemsOf(
        JsonElement role, string name, string authMount, string account, string? @namespace, IReadOnlyDictionary<string, string>? labels = null)
    {
        var which = Describe(authMount, name);
        var accounts = Texts(role.Get("bound_service_account_names"));
        if (!IsBound(accounts, account))
            yield return new(VaultRoleProblemKind.ServiceAccount, $"{which} is not bound to the ServiceAccount '{account}', but to {Join(accounts)} (bound_service_account_names).");
        var namespaces = Texts(role.Get("bound_service_account_namespaces"));
        if (!IsBound(namespaces, @namespace ?? ""))
        {
            // Vault accepts a namespace that one of the two settings allows.
            var selector = HasNamespaceSelector(role) ? ReadSelector(role) : null;
            if (selector is not null && labels is null)
                yield return new(VaultRoleProblemKind.UncheckedNamespace, $"{which} selects namespaces by the labels {selector} (bound_service_account_namespace_selector), which were not checked because the labels of the pod's namespace are not known.");
            else if (selector is null || !selector.Matches(labels!))
                yield return new(VaultRoleProblemKind.Namespace, $"{which} is not bound to {(@namespace is not null ? $"the namespace '{@namespace}'" : "the pod's namespace, which the manifest does not specify")}, but to {Join(namespaces)} (bound_service_account_namespaces){(selector is null ? "" : $" and to namespaces with the labels {selector} (bound_service_account_namespace_selector)")}.");
        }

        // Vault stores the names of policies in lowercase.
        if (!PoliciesOf(role).Contains(name, StringComparer.OrdinalIgnoreCase))
            yield return new(VaultRoleProblemKind.Policy, $"{which} does not have the policy '{name}' (token_policies), so its ServiceAccounts could not read the credentials themselves.");
    }

    /// <summary>Returns whether a role of the auth method selects namespaces by labels, too.</summary>
    public static bool HasNamespaceSelector(JsonElement role) => !string.IsNullOrWhiteSpace(role.Text(NamespaceSelector));

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

    /// <summary>Returns whether one of the names, in which <c>*</c> is a wildcard, matches.</summary>
    private static bool IsBound(List<string> names, string name) => names.Exists(bound =>
        Regex.IsMatch(name, $"\\A{Regex.Escape(bound).Replace(@"\*", ".*", StringComparison.Ordinal)}\\z", RegexOptions.Singleline | RegexOptions.NonBacktracking));

    /// <summary>Reads the selector, which is YAML or JSON.</summary>
    /// <returns>The selector; null if it is not valid, and then Vault accepts no namespace by its labels.</returns>
    private static LabelSelector? ReadSelector(JsonElement role)
    {
        try
        {
            return KubeconfigParser.Parse(NamespaceSelector, role.Text(NamespaceSelector)!) is { } node
                ? LabelSelector.Read(ObjectDocument.Parse(Encoding.UTF8.GetBytes(KubeconfigJson.Write(node))).RootElement)
                : null;
        }
        catch (ConfigurationException)
        {
            return null;
        }
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

    /// <summary>The bound namespaces, which cannot be checked without the labels of the namespace.</summary>
    UncheckedNamespace,

    /// <summary>The policies of its tokens.</summary>
    Policy,
}
