using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using KubeInject.Annotations;
using KubeInject.Controller;
using KubeInject.Injector.Settings;
using KubeInject.Leases;
using Microsoft.Extensions.Logging;

namespace KubeInject.Injector.Serve;

/// <summary>The settings of a server.</summary>
/// <param name="Listen">The address of the webhook.</param>
/// <param name="HealthListen">The address of the endpoints for health and metrics.</param>
/// <param name="TlsCert">The path of the certificate. Empty without the webhook, or if it manages its certificate.</param>
/// <param name="TlsKey">The path of its key. Empty in the same cases.</param>
/// <param name="Annotations">The label key and the default mount path.</param>
/// <param name="UsesJson">Whether log entries are JSON.</param>
/// <param name="LogLevel">The lowest level of log entries.</param>
internal sealed partial record ServeOptions(IPEndPoint Listen, IPEndPoint HealthListen, string TlsCert, string TlsKey, InjectionOptions Annotations, bool UsesJson, LogLevel LogLevel)
{
    /// <summary>Whether to admit pods. Default: true.</summary>
    public bool RunsWebhook { get; init; } = true;

    /// <summary>Whether to issue the credentials of admitted pods. Default: false.</summary>
    public bool RunsController { get; init; }

    /// <summary>What the controller does with a pod whose credentials can no longer be extended. Default: none.</summary>
    public ExpiryAction OnExpiry { get; init; }

    /// <summary>Where the webhook manages its certificate. Null without the webhook, or if the files of a certificate are specified.</summary>
    public ManagedCertificateOptions? ManagedCertificate { get; init; }

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
        var (certificate, key) = role == Controller ? (null, null) : CertificateFiles(settings);
        return new ServeOptions(
            Address(settings, AllSettings.Listen, 8443),
            Address(settings, AllSettings.HealthListen, 8080),
            certificate ?? "",
            key ?? "",
            settings.Annotations(),
            Choice(settings, AllSettings.LogFormat, "text", ["text", "json"]) == "json",
            Levels[Choice(settings, AllSettings.LogLevel, "information", [.. Levels.Keys])])
        {
            RunsWebhook = role != Controller,
            RunsController = role != Webhook,
            ManagedCertificate = role == Controller || certificate is not null ? null : ReadManagedCertificate(settings),
            OnExpiry = ExpiryActions.ByName[Choice(settings, AllSettings.OnExpiry, "none", [.. ExpiryActions.ByName.Keys])],
        };
    }

    /// <summary>The files of the certificate and its key: both, or none.</summary>
    private static (string? Certificate, string? Key) CertificateFiles(SettingsReader settings)
    {
        var (certificate, key) = (AllSettings.TlsCert, AllSettings.TlsKey);
        if (settings.Text(certificate) is not { Length: > 0 } && settings.Text(key) is not { Length: > 0 })
            return (null, null);
        _ = settings.RequiredText(certificate, key.Option);
        _ = settings.RequiredText(key, certificate.Option);
        return (settings.Path(certificate), settings.Path(key));
    }

    private static ManagedCertificateOptions ReadManagedCertificate(SettingsReader settings) => new(
        Name(settings, AllSettings.LeaseNamespace, KubeLeaseStore.DefaultNamespace),
        Name(settings, AllSettings.TlsSecret, "kubeinject-tls"),
        Name(settings, AllSettings.ServiceName, "kubeinject"),
        Name(settings, AllSettings.WebhookConfiguration, "kubeinject"));

    private static string Name(SettingsReader settings, Setting setting, string byDefault)
    {
        var text = settings.Text(setting) ?? byDefault;
        return ObjectName().IsMatch(text) ? text : throw new SettingException($"{setting.Option} must be the name of a Kubernetes object: lowercase letters, digits, '-' and '.'.");
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

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\z")]
    private static partial Regex ObjectName();
}

/// <summary>Where the webhook manages its certificate.</summary>
/// <param name="Namespace">The namespace of the Secret and of the Service.</param>
/// <param name="Secret">The name of the Secret.</param>
/// <param name="Service">The name of the Service.</param>
/// <param name="WebhookConfiguration">The name of the MutatingWebhookConfiguration.</param>
internal sealed record ManagedCertificateOptions(string Namespace, string Secret, string Service, string WebhookConfiguration)
{
    /// <summary>The host names of the Service. API servers use the first one.</summary>
    public IReadOnlyList<string> Hosts => [$"{Service}.{Namespace}.svc", $"{Service}.{Namespace}.svc.cluster.local"];
}
