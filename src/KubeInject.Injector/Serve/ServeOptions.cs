using System.Globalization;
using System.Net;
using KubeInject.Annotations;
using KubeInject.Controller;
using KubeInject.Injector.Settings;
using Microsoft.Extensions.Logging;

namespace KubeInject.Injector.Serve;

/// <summary>The settings of a server.</summary>
/// <param name="Listen">The address of the webhook.</param>
/// <param name="HealthListen">The address of the endpoints for health and metrics.</param>
/// <param name="TlsCert">The path of the certificate. Empty without the webhook.</param>
/// <param name="TlsKey">The path of its key. Empty without the webhook.</param>
/// <param name="Annotations">The label key and the default mount path.</param>
/// <param name="UsesJson">Whether log entries are JSON.</param>
/// <param name="LogLevel">The lowest level of log entries.</param>
internal sealed record ServeOptions(IPEndPoint Listen, IPEndPoint HealthListen, string TlsCert, string TlsKey, InjectionOptions Annotations, bool UsesJson, LogLevel LogLevel)
{
    /// <summary>Whether to admit pods. Default: true.</summary>
    public bool RunsWebhook { get; init; } = true;

    /// <summary>Whether to issue the credentials of admitted pods. Default: false.</summary>
    public bool RunsController { get; init; }

    /// <summary>What the controller does with a pod whose credentials can no longer be extended. Default: none.</summary>
    public ExpiryAction OnExpiry { get; init; }

    private const string Webhook = "webhook";
    private const string Controller = "controller";
    private const string Both = "both";

    private static readonly Dictionary<string, LogLevel> Levels = new(StringComparer.Ordinal)
    {
        ["debug"] = LogLevel.Debug,
        ["information"] = LogLevel.Information,
        ["warning"] = LogLevel.Warning,
        ["error"] = LogLevel.Error,
    };

    /// <exception cref="SettingException">A setting is missing or invalid.</exception>
    public static ServeOptions Read(SettingsReader settings)
    {
        var role = Choice(settings, AllSettings.Role, Both, [Webhook, Controller, Both]);
        if (role != Controller)
        {
            const string Why = "The webhook";
            _ = settings.RequiredText(AllSettings.TlsCert, Why);
            _ = settings.RequiredText(AllSettings.TlsKey, Why);
        }

        return new ServeOptions(
            Address(settings, AllSettings.Listen, 8443),
            Address(settings, AllSettings.HealthListen, 8080),
            settings.Path(AllSettings.TlsCert) ?? "",
            settings.Path(AllSettings.TlsKey) ?? "",
            settings.Annotations(),
            Choice(settings, AllSettings.LogFormat, "text", ["text", "json"]) == "json",
            Levels[Choice(settings, AllSettings.LogLevel, "information", [.. Levels.Keys])])
        {
            RunsWebhook = role != Controller,
            RunsController = role != Webhook,
            OnExpiry = Choice(settings, AllSettings.OnExpiry, "none", ["none", "evict"]) == "evict" ? ExpiryAction.Evict : ExpiryAction.None,
        };
    }

    // IPAddress.IPv6Any also accepts IPv4.
    private static IPEndPoint Address(SettingsReader settings, Setting setting, int defaultPort)
    {
        if (settings.Text(setting) is not { } text)
            return new IPEndPoint(IPAddress.IPv6Any, defaultPort);
        var colon = text.LastIndexOf(':');
        var isPort = ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port);
        return colon == 0 && isPort ? new IPEndPoint(IPAddress.IPv6Any, port)
            : colon > 0 && isPort && IPAddress.TryParse(text.AsSpan(0, colon), out var address) ? new IPEndPoint(address, port)
            : throw new SettingException($"{setting.Option} must be an IP address and a port, such as 127.0.0.1:{defaultPort} or :{defaultPort}.");
    }

    private static string Choice(SettingsReader settings, Setting setting, string byDefault, string[] choices)
    {
        var text = settings.Text(setting) ?? byDefault;
        return choices.Contains(text) ? text : throw new SettingException($"{setting.Option} must be one of: {string.Join(", ", choices)}.");
    }
}
