using System.Runtime.CompilerServices;
using System.Text;

namespace KubeInject.Kubernetes.Client.Metadata;

/// <summary>A cache of recurring strings, such as label keys, to avoid duplicate instances.</summary>
internal sealed class TextPool
{
    private readonly string[] texts = new string[1024];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            return "";
        var hash = new HashCode();
        hash.AddBytes(utf8);
        ref var text = ref texts[hash.ToHashCode() & (texts.Length - 1)];
        if (text is null || !Ascii.Equals(utf8, text))
            text = Encoding.UTF8.GetString(utf8);
        return text;
    }
}
