namespace KubeInject.Injection;

/// <summary>The part of a credential that a variable gets.</summary>
internal enum CredentialPart
{
    /// <summary>The username.</summary>
    Username,

    /// <summary>The password.</summary>
    Password,

    /// <summary>A connection URI that contains username and password.</summary>
    Uri,
}
