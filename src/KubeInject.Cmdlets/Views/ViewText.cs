using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Cmdlets.Views;

/// <summary>Escapes values for views. Each value becomes one line.</summary>
public static class ViewText
{
    // https://github.com/PowerShell/PowerShell/blob/v7.4.0/src/System.Management.Automation/FormatAndOutput/common/ILineOutput.cs (s_cultureCollection)
    private static readonly string[] WrappedLanguages = ["en", "fr", "de", "it", "pt", "es"];

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

    /// <summary>Formats each value in one line, and wraps the lines at words where PowerShell does not: in a terminal, in most languages.</summary>
    /// <param name="values">A value or a collection.</param>
    /// <param name="host">The host of the session.</param>
    /// <param name="indent">The number of columns by which the view indents the text.</param>
    /// <returns>The escaped lines; empty for null.</returns>
    public static string Wrap(object? values, PSHost host, int indent)
    {
        ArgumentNullException.ThrowIfNull(host);
        if (Console.IsOutputRedirected || WrappedLanguages.Contains(CultureInfo.CurrentCulture.TwoLetterISOLanguageName) || host.UI?.RawUI?.BufferSize.Width is not { } width)
            return Lines(values);
        return string.Join(Environment.NewLine, Texts(values).SelectMany(text => DisplayText.Wrap(text, width - indent - 1)));
    }

    /// <summary>Formats an age like kubectl.</summary>
    /// <param name="age">A time span; null if the age is unknown.</param>
    /// <returns>For example <c>5d3h</c>.</returns>
    public static string Age(object? age) => HumanDuration.OfAge(Time(age));

    /// <summary>Formats a remaining time like kubectl.</summary>
    /// <param name="remaining">A time span; negative after the end, and null if there is none.</param>
    /// <returns>For example <c>45m</c> or <c>5m ago</c>.</returns>
    public static string Remaining(object? remaining) => HumanDuration.OfRemaining(Time(remaining));

    private static TimeSpan? Time(object? value) => (value is PSObject wrapped ? wrapped.BaseObject : value) as TimeSpan?;

    // The PSObject has the name of an enumeration value that comes from a job.
    private static IEnumerable<string> Texts(object? value) => (value is PSObject wrapped ? wrapped.BaseObject : value) switch
    {
        null => [],
        string text => [DisplayText.Escape(text)],
        IEnumerable several => several.Cast<object?>().SelectMany(Texts),
        _ => [DisplayText.Escape($"{PSObject.AsPSObject(value)}")],
    };
}
