using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace KubeInject.Testing;

/// <summary>Properties and samples of FsCheck with <see cref="TestSeed"/>.</summary>
public static class SeededChecks
{
    private static Rnd Seed => new((ulong)TestSeed.Value);

    /// <summary>Checks a property with values that depend on the seed.</summary>
    /// <param name="property">The property.</param>
    /// <param name="count">How many values to check.</param>
    /// <exception cref="InvalidOperationException">The property is false; the message has the value and the seed.</exception>
    public static void CheckSeeded(this Property property, int count = 100)
    {
        try
        {
            property.Check(Config.QuickThrowOnFailure.WithMaxTest(count).WithReplay(FSharpOption<Replay>.Some(new Replay(Seed, FSharpOption<int>.None))));
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"{TestSeed.Hint} {failure.Message}", failure);
        }
    }

    /// <summary>Returns values that depend on the seed.</summary>
    public static IEnumerable<T> SampleSeeded<T>(this Gen<T> values, int size, int count) => values.Sample(size, Seed, count);
}
