using System.Collections;
using System.Management.Automation;

namespace KubeInject.Cmdlets.Views;

/// <summary>Escapes values for views. Each value becomes one line.</summary>
public static class ViewText
{
    /// <summary>A value in one line.</summary>
    /// <param name="value">The value; a collection is joined with commas.</param>
    /// <returns>Its text; empty for nothing.</returns>
    public static string Of(object? value) => string.Join(", ", Texts(value));

    /// <summary>Values in a line each.</summary>
    /// <param name="values">The values.</param>
    /// <returns>Their texts.</returns>
    public static string Lines(object? values) => string.Join(Environment.NewLine, Texts(values));

    /// <summary>A value for Format-List, with collections in braces.</summary>
    /// <param name="value">The value.</param>
    /// <returns>Its text; empty for nothing.</returns>
    public static string List(object? value) =>
        (value is PSObject wrapped ? wrapped.BaseObject : value) is IEnumerable and not string ? $"{{{Of(value)}}}" : Of(value);

    // PowerShell knows the name of an enumeration value that comes from a job.
    private static IEnumerable<string> Texts(object? value) => (value is PSObject wrapped ? wrapped.BaseObject : value) switch
    {
        null => [],
        string text => [DisplayText.Escape(text)],
        IEnumerable several => several.Cast<object?>().SelectMany(Texts),
        _ => [DisplayText.Escape($"{PSObject.AsPSObject(value)}")],
    };
}
