using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Security;
using KubeInject.Secrets;

namespace KubeInject.Cmdlets.Secrets;

/// <summary>Converts PowerShell values to values and metadata of Secrets.</summary>
internal static class SecretInput
{
    /// <summary>Converts a SecureString, string, number or byte array.</summary>
    /// <returns>The value; null if the type is not supported.</returns>
    public static SecretValue? Value(object? given) => (given is PSObject wrapped ? wrapped.BaseObject : given) switch
    {
        SecureString text => SecretValue.FromText(text.ToSecret()),
        string text => SecretValue.FromText(new SensitiveString(text)),
        byte[] bytes => SecretValue.FromBytes(bytes),
        IConvertible number when number.GetType().IsPrimitive || number is decimal => SecretValue.FromText(new SensitiveString(number.ToString(CultureInfo.InvariantCulture))),
        _ => null,
    };

    /// <summary>Converts metadata to strings, with dates in ISO 8601.</summary>
    /// <returns>The metadata by key; the value null removes the key.</returns>
    public static IReadOnlyDictionary<string, string?> Metadata(IDictionary? given)
    {
        var metadata = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in given ?? new Hashtable())
        {
            var value = entry.Value is PSObject wrapped ? wrapped.BaseObject : entry.Value;
            metadata[$"{entry.Key}"] = value switch
            {
                null => null,
                DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
                DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
                IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
                _ => value.ToString(),
            };
        }

        return metadata;
    }
}
