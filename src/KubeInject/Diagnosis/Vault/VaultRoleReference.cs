using KubeInject.Annotations;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Diagnosis.Vault;

/// <summary>Where in Vault the credentials of one database of a pod are, and which annotations say so.</summary>
/// <param name="Database">The database.</param>
/// <param name="Pod">The pod.</param>
internal sealed record VaultRoleReference(DatabaseInjection Database, PodTemplate Pod)
{
    public string Mount => Database.Mount.Trim('/');

    public string Role => Database.Role!;

    /// <summary>The path that credentials are read from, as a policy names it.</summary>
    public string CredentialsPath => $"{Mount}/creds/{Role}";

    /// <summary>The annotation that names the role.</summary>
    public string RoleKey
    {
        get
        {
            var own = InjectionAnnotation.ForDatabase(Database.Name, DatabaseSetting.Role);
            return Pod.Annotations.ContainsKey(own) ? own : InjectionAnnotation.Role;
        }
    }
}
