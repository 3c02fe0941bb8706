using KubeInject.Annotations;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Diagnosis.Vault;

/// <summary>The paths in Vault of the credentials of one database of a pod, and the annotations that specify them.</summary>
/// <param name="Database">The database.</param>
/// <param name="Pod">The pod.</param>
internal sealed record VaultRoleReference(DatabaseInjection Database, PodTemplate Pod)
{
    public string Mount => Database.Mount.Trim('/');

    public string Role => Database.Role!;

    /// <summary>The path of the credentials, as in a policy.</summary>
    public string CredentialsPath => $"{Mount}/creds/{Role}";

    /// <summary>The annotation that specifies the role.</summary>
    public string RoleKey
    {
        get
        {
            var key = InjectionAnnotation.ForDatabase(Database.Name, DatabaseSetting.Role);
            return Pod.Annotations.ContainsKey(key) ? key : InjectionAnnotation.Role;
        }
    }
}
