using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Security;
using KubeInject.Secrets;

namespace KubeInject.Cmdlets.Secrets;

/// <summary>Values for Secrets, as PowerShell has them.</summary>
internal static class SecretInput
{
    /// <summary>A value; null for what can be none.</summary>
    public static SecretValue? Value(object? given) => (given is PSObject wrapped ? wrapped.BaseObject : given) switch
    {
        SecureString text => SecretValue.FromText(text.ToSecret()),
        string text => SecretValue.FromText(new SensitiveString(text)),
        byte[] bytes => SecretValue.FromBytes(bytes),
        IConvertible number when number.GetType().IsPrimitive || number is decimal => SecretValue.FromText(new SensitiveString(number.ToString(CultureInfo.InvariantCulture))),
        _ => null,
    };

    /// <summary>What is noted about a Secret: texts; dates in ISO 8601; null where a note is to go.</summary>
    public static IReadOnlyDictionary<string, string?> Metadata(IDictionary? given)
    {
        var notes = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in given ?? new Hashtable())
        {
            var value = entry.Value is PSObject wrapped ? wrapped.BaseObject : entry.Value;
            notes[$"{entry.Key}"] = value switch
            {
                null => null,
                DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
                DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
                IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
                _ => value.ToString(),
            };
        }

        return notes;
    }
}
