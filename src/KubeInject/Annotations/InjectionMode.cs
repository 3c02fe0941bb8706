namespace KubeInject.Annotations;

/// <summary>The form in which containers get the credentials of a database.</summary>
public enum InjectionMode
{
    /// <summary>Username and password in separate variables.</summary>
    Classic,

    /// <summary>One connection URI with the credentials as its userinfo.</summary>
    Uri,
}
