namespace KubeInject.Annotations.Dialects;

/// <summary>The variables of a pod that use the credentials of a role with Bank-Vaults.</summary>
/// <param name="path">The path of the credentials in Vault.</param>
internal sealed class BankVaultsUsage(CredentialPath path)
{
    private readonly List<(string Container, string Variable, bool HasUsername, bool HasPassword)> uses = [];

    public CredentialPath Path => path;

    public CredentialVariables Variables { get; } = new();

    /// <summary>The first variable that uses the credentials.</summary>
    public string Variable => uses[0].Variable;

    /// <summary>The containers with variables that use the credentials.</summary>
    public IEnumerable<string> Containers => uses.Select(use => use.Container).Distinct(StringComparer.Ordinal);

    public void Add(string container, string variable, string value)
    {
        Variables.Add(variable, value);
        uses.Add((
            container,
            variable,
            value.Contains(CredentialVariables.User, StringComparison.Ordinal),
            value.Contains(CredentialVariables.Password, StringComparison.Ordinal)));
    }

    /// <summary>
    /// Finds a container that has only the password, and another that has only the username. Each container reads separate
    /// credentials, so the two do not belong together. Returns null if there are none.
    /// </summary>
    public (string Variable, string Container, string Other)? Apart()
    {
        var containers = uses.GroupBy(use => use.Container, StringComparer.Ordinal).ToList();
        var withUsername = containers.Find(group => group.Any(use => use.HasUsername) && !group.Any(use => use.HasPassword));
        var withPassword = containers.Find(group => group.Any(use => use.HasPassword) && !group.Any(use => use.HasUsername));
        return withUsername is null || withPassword is null ? null
            : (withPassword.First(use => use.HasPassword).Variable, withPassword.Key, withUsername.Key);
    }
}
