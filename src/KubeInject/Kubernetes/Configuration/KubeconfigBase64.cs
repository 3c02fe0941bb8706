using System.Text;

namespace KubeInject.Kubernetes.Configuration;

/// <summary>Base64 as kubectl reads it: line breaks may stand in it, blanks may not.</summary>
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
