namespace KubeInject.Injection;

/// <summary>A database of an injection. Contains no secret.</summary>
/// <param name="Name">The user's name for the connection.</param>
/// <param name="Role">The role of the credentials. Empty if none is specified.</param>
/// <param name="UsernameVariables">The variables for the username.</param>
/// <param name="SecretVariables">The variables for the password or for the connection URI.</param>
/// <param name="Username">The issued username. Null if no credentials were issued.</param>
/// <param name="Uuid">The key of the lease record. Null if no credentials were issued.</param>
public sealed record InjectedDatabase(
    string Name, string Role, IReadOnlyList<string> UsernameVariables, IReadOnlyList<string> SecretVariables, string? Username, string? Uuid)
{
    /// <summary>The variables for the username.</summary>
    public IReadOnlyList<string> UsernameVariables { get; init => field = ReadableList.Of(value); } = ReadableList.Of(UsernameVariables);

    /// <summary>The variables for secrets.</summary>
    public IReadOnlyList<string> SecretVariables { get; init => field = ReadableList.Of(value); } = ReadableList.Of(SecretVariables);

    /// <summary>The variables for username, password and connection URI.</summary>
    public IReadOnlyList<string> Variables => ReadableList.Of(UsernameVariables.Concat(SecretVariables));

    /// <summary>Returns the database in one line.</summary>
    /// <returns>For example <c>orders: role orders-rw as DBUSER, DBPASSWORD</c>.</returns>
    public override string ToString() => $"{Name}: {(Role.Length == 0 ? "no role" : $"role {Role}")} as {string.Join(", ", Variables)}";
}
