using System.Globalization;

namespace KubeInject.Testing;

/// <summary>The seed of all random values of the tests in this process.</summary>
public static class TestSeed
{
    /// <summary>The variable that specifies the seed, to repeat a run.</summary>
    public const string Variable = "KUBEINJECT_TEST_SEED";

    /// <summary>The specified seed, or a new one.</summary>
    public static int Value { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : Random.Shared.Next();

    /// <summary>How to repeat a run, for the message of a failed test.</summary>
    public static string Hint { get; } = string.Create(CultureInfo.InvariantCulture, $"Set {Variable}={Value} to repeat this.");
}
