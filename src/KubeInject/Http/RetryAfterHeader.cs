using System.Globalization;
using System.Net.Http.Headers;

namespace KubeInject.Http;

/// <summary>Reads the header <c>Retry-After</c>.</summary>
internal static class RetryAfterHeader
{
    /// <summary>Reads how long the client has to wait before it sends the request again.</summary>
    /// <param name="response">The response.</param>
    /// <param name="clock">The clock for headers that contain a date.</param>
    /// <returns>The wait from now; null if the header is missing or is neither a number of seconds nor a date.</returns>
    public static TimeSpan? Read(HttpResponseMessage response, TimeProvider clock)
    {
        if (!response.Headers.NonValidated.TryGetValues("Retry-After", out var values) || values.FirstOrDefault()?.Trim() is not { Length: > 0 } text)
            return null;

        // .NET reads only numbers below 2^31. A larger number must not be ignored.
        if (text.All(char.IsAsciiDigit))
            return decimal.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < (decimal)TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds((double)seconds) : TimeSpan.MaxValue;
        return RetryConditionHeaderValue.TryParse(text, out var value) && value.Date is { } date ? date - clock.GetUtcNow() : null;
    }

    /// <summary>Describes a requested wait that exceeds the request timeout, with a remedy.</summary>
    /// <param name="requestedWait">The wait that the server requests.</param>
    /// <param name="timeout">The request timeout.</param>
    public static string Describe(TimeSpan requestedWait, TimeSpan timeout) => string.Create(
        CultureInfo.InvariantCulture,
        $"The server requests a wait of {Math.Ceiling(requestedWait.TotalSeconds):0} s, which is longer than the time that remains of the request timeout ({timeout.TotalSeconds:0.###} s). Run the command again later.");
}
