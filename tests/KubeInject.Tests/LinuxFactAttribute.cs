namespace KubeInject.Tests;

/// <summary>A test that needs Linux.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxFactAttribute : FactAttribute
{
    private bool needsRoot;

    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux())
            Skip = "It needs Linux.";
    }

    /// <summary>Whether the test requires root.</summary>
    public bool NeedsRoot
    {
        get => needsRoot;
        set
        {
            needsRoot = value;
            if (value && Environment.UserName != "root")
                Skip = "It needs root.";
        }
    }
}
