using System.Net;
using System.Security;

namespace KubeInject.Cmdlets.Secrets;

/// <summary>Converts between SecureString and <see cref="SensitiveString"/>.</summary>
internal static class SecureText
{
    public static SecureString ToSecureString(this SensitiveString secret) => new NetworkCredential("", secret.Reveal()).SecurePassword;

    public static SensitiveString ToSecret(this SecureString text) => new(new NetworkCredential("", text).Password);
}
