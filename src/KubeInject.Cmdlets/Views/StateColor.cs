using System.Management.Automation;

namespace KubeInject.Cmdlets.Views;

/// <summary>Colors states in views: green for success, and the warning and error colors of the session.</summary>
public static class StateColor
{
    /// <summary>Colors a state if the output shows colors.</summary>
    /// <param name="state">The state, for example the STATUS of a pod. A PSObject, because the state of an object from a job has its name only there.</param>
    /// <param name="style">The <c>$PSStyle</c> of the session; null for no colors.</param>
    /// <returns>The state, with escape sequences if it is colored.</returns>
    public static string Paint(PSObject? state, object? style)
    {
        var text = ViewText.Of(state);
        return style is not null && ColorOf(text) is var (group, name) && ShowsColors(style) && Read(Read(style, group), name) is string color
            ? $"{color}{text}{Read(style, "Reset")}"
            : text;
    }

    // PowerShell removes colors from output to files and to cmdlets, but not from output to native programs. So this method
    // checks whether the output is redirected.
    private static bool ShowsColors(object style) => $"{Read(style, "OutputRendering")}" switch
    {
        "PlainText" => false,
        "Ansi" => true,
        _ => !Console.IsOutputRedirected,
    };

    private static (string Group, string Name)? ColorOf(string state) => state switch
    {
        "Running" or "Completed" or "Succeeded" or "Injected" or "Active" or "Changed" or "Rotated" or "Passed" or "True" => ("Foreground", "Green"),
        "Pending" or "ContainerCreating" or "PodInitializing" or "Terminating" or "SchedulingGated" or "NotReady" or "Unknown" => ("Formatting", "Warning"),
        "Expiring" or "Incomplete" or "Warning" or "RolledBack" or "Ignored" => ("Formatting", "Warning"),
        "Failed" or "Expired" or "Orphaned" or "Evicted" or "OOMKilled" or "DeadlineExceeded" or "False" => ("Formatting", "Error"),
        _ when IsFailure(state) => ("Formatting", "Error"),
        _ when state.StartsWith("Init:", StringComparison.Ordinal) => ("Formatting", "Warning"),
        _ => null,
    };

    // Kubelets and container runtimes can return any reason, for example CrashLoopBackOff, ErrImagePull, Init:Error or ExitCode:3.
    private static bool IsFailure(string state) =>
        state.Contains("Err", StringComparison.Ordinal) || state.EndsWith("BackOff", StringComparison.Ordinal) || state.EndsWith("Killed", StringComparison.Ordinal)
        || state.Contains("ExitCode:", StringComparison.Ordinal) || state.Contains("Signal:", StringComparison.Ordinal);

    private static object? Read(object? owner, string property) => owner is null ? null : PSObject.AsPSObject(owner).Properties[property]?.Value;
}
