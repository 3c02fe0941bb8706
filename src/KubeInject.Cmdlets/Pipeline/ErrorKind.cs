using System.Management.Automation;

namespace KubeInject.Cmdlets;

/// <summary>A kind of failure, the same wherever it shows. docs/errors.md lists them all.</summary>
/// <param name="Id">What scripts know it by; it never changes.</param>
/// <param name="Category">PowerShell's own word for it.</param>
/// <param name="Action">What to do about it, in one line.</param>
internal sealed record ErrorKind(string Id, ErrorCategory Category, string Action)
{
    /// <summary>The record of a failure of this kind.</summary>
    public ErrorRecord Record(Exception exception, object? target) => new(exception, Id, Category, target)
    {
        // What a server says may have several lines; an error has one.
        ErrorDetails = new ErrorDetails(exception.Message.ReplaceLineEndings(" ").Trim()) { RecommendedAction = Action },
    };

    /// <summary>The record of a failure of this kind that is told in words alone.</summary>
    public ErrorRecord Record(string message, object? target) => Record(new InvalidOperationException(message), target);

    /// <summary>The record of what parameters say that cannot be.</summary>
    public ErrorRecord Refuse(string message, object? target = null) => Record(new PSArgumentException(message), target);
}
