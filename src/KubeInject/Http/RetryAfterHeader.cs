using System.Globalization;
using System.Net.Http.Headers;

namespace KubeInject.Http;

/// <summary>Reads how long a server wants to be left alone.</summary>
internal static class RetryAfterHeader
{
    /// <summary>Reads the header.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="clock">The clock that a date is compared with.</param>
    /// <returns>The time from now; null where there is no such header, or where it is neither a number of seconds nor a date.</returns>
    public static TimeSpan? Read(HttpResponseMessage response, TimeProvider clock)
    {
        if (!response.Headers.NonValidated.TryGetValues("Retry-After", out var values) || values.FirstOrDefault()?.Trim() is not { Length: > 0 } text)
            return null;

        // The platform reads numbers up to 2^31 alone, and a longer wait is no shorter.
        if (text.All(char.IsAsciiDigit))
            return decimal.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < (decimal)TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds((double)seconds) : TimeSpan.MaxValue;
        return RetryConditionHeaderValue.TryParse(text, out var value) && value.Date is { } date ? date - clock.GetUtcNow() : null;
    }

    /// <summary>What a server asks for that is longer than it can be waited for, as a sentence.</summary>
    /// <param name="asked">The wait that the server asks for.</param>
    /// <param name="timeout">How long the request may take.</param>
    public static string Describe(TimeSpan asked, TimeSpan timeout) => string.Create(
        CultureInfo.InvariantCulture,
        $"The server requests a wait of {Math.Ceiling(asked.TotalSeconds):0} s, which is longer than the time that remains of the request timeout ({timeout.TotalSeconds:0.###} s). Run the command again later.");
}
