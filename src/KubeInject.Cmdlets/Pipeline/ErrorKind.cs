using System.Management.Automation;

namespace KubeInject.Cmdlets.Pipeline;

/// <summary>A kind of error. docs/errors.md lists all kinds.</summary>
/// <param name="Id">The error ID that scripts compare with. It never changes.</param>
/// <param name="Category">The error category of PowerShell.</param>
/// <param name="Action">The remedy: one sentence in one line.</param>
internal sealed record ErrorKind(string Id, ErrorCategory Category, string Action)
{
    /// <summary>Creates an error record of this kind from an exception.</summary>
    public ErrorRecord Record(Exception exception, object? target)
    {
        var shown = Shown(target);
        var record = new ErrorRecord(exception, Id, Category, shown)
        {
            // A message from a server can have several lines. An error message must have one.
            ErrorDetails = new ErrorDetails(DisplayText.Escape(exception.Message.ReplaceLineEndings(" ").Trim())) { RecommendedAction = Action },
        };
        if (shown is string name && DisplayText.Escape(name) is var fit && fit != name)
            record.CategoryInfo.TargetName = fit;
        return record;
    }

    /// <summary>Creates an error record of this kind from a message.</summary>
    public ErrorRecord Record(string message, object? target) => Record(new InvalidOperationException(DisplayText.Escape(message)), target);

    /// <summary>Creates an error record of this kind for parameters that are invalid or conflict.</summary>
    public ErrorRecord Refuse(string message, object? target = null) => Record(new PSArgumentException(DisplayText.Escape(message)), target);

    // An address or a connection string can contain a password, and $Error keeps the target.
    private static object? Shown(object? target) => target switch
    {
        Uri address => PasswordMask.Apply(address),
        string text => PasswordMask.Apply(text),
        _ => target,
    };
}
