using System.Globalization;
using System.Text.Json;
using KubeInject.Http;

namespace KubeInject.IntegrationTests.Vault;

/// <summary>A request to the fake Vault.</summary>
internal sealed record FakeVaultRequest(string Method, string Path, JsonElement Body, string Token)
{
    public string[] Segments { get; } = Path.Split('/');

    public string Text(string name) => Body.Text(name) ?? "";

    /// <summary>A list, which can also be text with commas.</summary>
    public IReadOnlyList<string> Texts(string name) => Texts(Body.Get(name));

    /// <summary>A duration, with or without its unit.</summary>
    public int Seconds(string name) => Seconds(Body.Get(name));

    public static IReadOnlyList<string> Texts(JsonElement list) => list.Text() is { } text ? text.Split(',') : [.. list.Items().Select(item => item.Text()!)];

    public static int Seconds(JsonElement duration)
    {
        var text = duration.Text() ?? (duration.Exists() ? duration.GetRawText() : "0");
        var number = int.Parse(text.TrimEnd('s', 'm', 'h'), CultureInfo.InvariantCulture);
        return text[^1] switch { 'h' => number * 3600, 'm' => number * 60, _ => number };
    }
}
