using System.Text;

namespace KubeInject.Kubernetes.Configuration;

/// <summary>Decodes base64 like kubectl: line breaks are allowed, spaces and tabs are not.</summary>
internal static class KubeconfigBase64
{
    public static string? TryDecode(string base64)
    {
        if (base64.AsSpan().IndexOfAny(' ', '\t') >= 0)
            return null;
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(base64));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
