using System.Text.Json;
using KubeInject.Kubernetes;

namespace KubeInject.Credentials;

/// <summary>Checks what Vault itself checks where a pod logs in: whether its ServiceAccount may have credentials of a role.</summary>
internal sealed class VaultRoleCheck(VaultClient vault, string authMount)
{
    private const string Any = "*";

    /// <exception cref="CredentialException">It may not, or that cannot be found out.</exception>
    public async Task AllowAsync(CredentialRequest request, CancellationToken cancellationToken)
    {
        var question = VaultRequest.Get($"auth/{VaultRequest.Escape(authMount)}/role/{VaultRequest.EscapeName(request.Role)}");
        var response = await vault.SendAsync(question, cancellationToken).ConfigureAwait(false);
        var role = $"The role '{request.Role}' of auth/{authMount.Trim('/')}";
        if (response.IsNothing)
            throw Refused($"{role} does not exist. Create it in Vault, or correct the role in the pod's annotations.");
        if (!response.IsSuccess)
            throw vault.Failure(question, response);
        var names = Texts(response.Data.Get("bound_service_account_names"));
        var namespaces = Texts(response.Data.Get("bound_service_account_namespaces"));
        if (!names.Contains(Any) && !names.Contains(request.ServiceAccountName, StringComparer.Ordinal))
            throw Refused($"{role} is not bound to the ServiceAccount '{request.ServiceAccountName}', but to {Words(names)} (bound_service_account_names).");
        if (!namespaces.Contains(Any) && !namespaces.Contains(request.Owner.Namespace ?? "", StringComparer.Ordinal))
            throw Refused($"{role} is not bound to the namespace {(request.Owner.Namespace is { } name ? $"'{name}'" : "that the manifest does not name")}, but to {Words(namespaces)} (bound_service_account_namespaces).");

        // Vault keeps the names of policies in lower case.
        if (!Texts(response.Data.Get("token_policies")).Contains(request.Role, StringComparer.OrdinalIgnoreCase))
            throw Refused($"{role} does not have the policy '{request.Role}' (token_policies), so that its ServiceAccounts could not read the credentials themselves.");
    }

    private static CredentialException Refused(string message) => new(CredentialFailure.Refused, $"{message} Nothing was issued.");

    private static List<string> Texts(JsonElement list) => [.. list.Items().Select(item => item.Text()).OfType<string>()];

    private static string Words(List<string> texts) => texts.Count == 0 ? "none" : string.Join(", ", texts);
}
