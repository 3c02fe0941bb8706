namespace KubeInject.IntegrationTests;

/// <summary>A test that needs root.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (Environment.UserName != "root")
            Skip = "It needs root.";
    }
}
