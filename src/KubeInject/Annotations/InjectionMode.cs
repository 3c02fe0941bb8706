namespace KubeInject.Annotations;

/// <summary>In which form a database's credentials reach the containers.</summary>
public enum InjectionMode
{
    /// <summary>Username and password, each in variables of its own.</summary>
    Classic,

    /// <summary>One connection URI with the credentials as its userinfo.</summary>
    Uri,
}
