namespace KubeInject.IntegrationTests;

/// <summary>A measurement that runs only if a variable has its size.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OptInFactAttribute : FactAttribute
{
    public OptInFactAttribute(string variable)
    {
        Variable = variable;
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable)))
            Skip = $"It is a measurement. Set {variable} to run it.";
    }

    /// <summary>The name of the variable.</summary>
    public string Variable { get; }
}
