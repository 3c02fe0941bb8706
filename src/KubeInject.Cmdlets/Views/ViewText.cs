using System.Collections;
using System.Management.Automation;

namespace KubeInject.Cmdlets.Views;

/// <summary>Escapes values for views. Each value becomes one line.</summary>
public static class ViewText
{
    /// <summary>Formats a value in one line.</summary>
    /// <param name="value">A value or a collection. The items of a collection are joined with commas.</param>
    /// <returns>The escaped text; empty for null.</returns>
    public static string Of(object? value) => string.Join(", ", Texts(value));

    /// <summary>Formats each value in one line.</summary>
    /// <param name="values">A value or a collection.</param>
    /// <returns>The escaped lines; empty for null.</returns>
    public static string Lines(object? values) => string.Join(Environment.NewLine, Texts(values));

    /// <summary>Formats a value for Format-List, with collections in braces.</summary>
    /// <param name="value">A value or a collection.</param>
    /// <returns>The escaped text; empty for null.</returns>
    public static string List(object? value) =>
        (value is PSObject wrapped ? wrapped.BaseObject : value) is IEnumerable and not string ? $"{{{Of(value)}}}" : Of(value);

    // The PSObject has the name of an enumeration value that comes from a job.
    private static IEnumerable<string> Texts(object? value) => (value is PSObject wrapped ? wrapped.BaseObject : value) switch
    {
        null => [],
        string text => [DisplayText.Escape(text)],
        IEnumerable several => several.Cast<object?>().SelectMany(Texts),
        _ => [DisplayText.Escape($"{PSObject.AsPSObject(value)}")],
    };
}
