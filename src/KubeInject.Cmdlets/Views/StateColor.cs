using System.Management.Automation;

namespace KubeInject.Cmdlets.Views;

/// <summary>Colours states in views: what is well, what wants a look, what is broken.</summary>
public static class StateColor
{
    /// <summary>Colours a state, in the colours of the session, where the host draws any.</summary>
    /// <param name="state">The state: a pod's STATUS, a lease's State, …. As PowerShell has it: of one that comes from a job, it alone knows the name.</param>
    /// <param name="style">The session's <c>$PSStyle</c>.</param>
    /// <returns>The state, between escape sequences where it is coloured.</returns>
    public static string Paint(PSObject? state, object? style)
    {
        var text = ViewText.Of(state);
        return style is not null && ColorOf(text) is var (group, name) && IsDrawn(style) && Read(Read(style, group), name) is string color
            ? $"{color}{text}{Read(style, "Reset")}"
            : text;
    }

    // PowerShell takes colours out of what goes to a file or another command of its own, but not out of what goes to
    // another program: where it is to draw for the host alone, that is looked at here.
    private static bool IsDrawn(object style) => $"{Read(style, "OutputRendering")}" switch
    {
        "PlainText" => false,
        "Ansi" => true,
        _ => !Console.IsOutputRedirected,
    };

    private static (string Group, string Name)? ColorOf(string state) => state switch
    {
        "Running" or "Completed" or "Succeeded" or "Injected" or "Active" or "Changed" or "Rotated" or "Holds" or "True" => ("Foreground", "Green"),
        "Pending" or "ContainerCreating" or "PodInitializing" or "Terminating" or "SchedulingGated" or "NotReady" or "Unknown" => ("Formatting", "Warning"),
        "Expiring" or "Incomplete" or "Weak" or "Warning" or "RolledBack" or "Ignored" => ("Formatting", "Warning"),
        "Failed" or "Expired" or "Orphaned" or "Broken" or "Evicted" or "OOMKilled" or "DeadlineExceeded" or "False" => ("Formatting", "Error"),
        _ when IsTrouble(state) => ("Formatting", "Error"),
        _ when state.StartsWith("Init:", StringComparison.Ordinal) => ("Formatting", "Warning"),
        _ => null,
    };

    // What kubelets and runtimes give for reasons has no end: CrashLoopBackOff, ErrImagePull, Init:Error, ExitCode:3, ….
    private static bool IsTrouble(string state) =>
        state.Contains("Err", StringComparison.Ordinal) || state.EndsWith("BackOff", StringComparison.Ordinal) || state.EndsWith("Killed", StringComparison.Ordinal)
        || state.Contains("ExitCode:", StringComparison.Ordinal) || state.Contains("Signal:", StringComparison.Ordinal);

    private static object? Read(object? owner, string property) => owner is null ? null : PSObject.AsPSObject(owner).Properties[property]?.Value;
}
