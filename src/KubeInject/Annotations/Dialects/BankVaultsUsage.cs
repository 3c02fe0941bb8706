namespace KubeInject.Annotations.Dialects;

/// <summary>What a pod's variables make of one role's credentials, by Bank-Vaults.</summary>
/// <param name="path">Where the credentials are read from.</param>
internal sealed class BankVaultsUsage(CredentialPath path)
{
    private readonly List<(string Container, string Variable, bool HasUsername, bool HasPassword)> uses = [];

    public CredentialPath Path => path;

    public CredentialVariables Variables { get; } = new();

    /// <summary>The first variable that has something of it.</summary>
    public string Variable => uses[0].Variable;

    /// <summary>The containers that have some of its variables.</summary>
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
    /// Where one container has the username alone and another the password alone: a variable of the latter. Each container
    /// reads credentials of its own, so that the two do not belong together.
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
