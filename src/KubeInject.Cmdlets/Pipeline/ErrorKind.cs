using System.Management.Automation;

namespace KubeInject.Cmdlets.Pipeline;

/// <summary>A kind of failure, the same wherever it shows. docs/errors.md lists them all.</summary>
/// <param name="Id">What scripts know it by; it never changes.</param>
/// <param name="Category">PowerShell's own word for it.</param>
/// <param name="Action">What to do about it, in one line.</param>
internal sealed record ErrorKind(string Id, ErrorCategory Category, string Action)
{
    /// <summary>The record of a failure of this kind.</summary>
    public ErrorRecord Record(Exception exception, object? target)
    {
        var shown = Shown(target);
        var record = new ErrorRecord(exception, Id, Category, shown)
        {
            // What a server says may have several lines; an error has one.
            ErrorDetails = new ErrorDetails(DisplayText.Escape(exception.Message.ReplaceLineEndings(" ").Trim())) { RecommendedAction = Action },
        };
        if (shown is string name && DisplayText.Escape(name) is var fit && fit != name)
            record.CategoryInfo.TargetName = fit;
        return record;
    }

    /// <summary>The record of a failure of this kind that is told in words alone.</summary>
    public ErrorRecord Record(string message, object? target) => Record(new InvalidOperationException(DisplayText.Escape(message)), target);

    /// <summary>The record of what parameters say that cannot be.</summary>
    public ErrorRecord Refuse(string message, object? target = null) => Record(new PSArgumentException(DisplayText.Escape(message)), target);

    // An address or connection string may hold a password, and errors are kept, printed and exported.
    private static object? Shown(object? target) => target switch
    {
        Uri address => PasswordMask.Apply(address),
        string text => PasswordMask.Apply(text),
        _ => target,
    };
}
