namespace KubeInject.Injection;

/// <summary>One database's share of an injection. Holds no secret.</summary>
/// <param name="Name">The user's own name for the connection.</param>
/// <param name="Role">The role that the credentials are from.</param>
/// <param name="UsernameVariables">The variables that get the username.</param>
/// <param name="SecretVariables">The variables that get the password, or the connection URI with it.</param>
/// <param name="Username">The username that was issued; null where nothing was.</param>
/// <param name="Uuid">The key of the lease record; null where nothing was issued.</param>
public sealed record InjectedDatabase(
    string Name, string Role, IReadOnlyList<string> UsernameVariables, IReadOnlyList<string> SecretVariables, string? Username, string? Uuid)
{
    /// <summary>All variables.</summary>
    public IReadOnlyList<string> Variables => UsernameVariables.Concat(SecretVariables).ToArray();

    /// <summary>The share in one line.</summary>
    /// <returns>For example <c>orders: role orders-rw as DBUSER, DBPASSWORD</c>.</returns>
    public override string ToString() => $"{Name}: {(Role.Length == 0 ? "no role" : $"role {Role}")} as {string.Join(", ", Variables)}";
}
