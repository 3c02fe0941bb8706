namespace KubeInject.Injection;

/// <summary>What of a credential a variable gets.</summary>
public enum CredentialPart
{
    /// <summary>The username.</summary>
    Username,

    /// <summary>The password.</summary>
    Password,

    /// <summary>A connection URI with both in it.</summary>
    Uri,
}
