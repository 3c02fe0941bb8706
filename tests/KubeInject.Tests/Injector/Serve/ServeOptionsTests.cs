using KubeInject.Injector.Serve;
using KubeInject.Injector.Settings;
using Microsoft.Extensions.Logging;

namespace KubeInject.Tests.Injector.Serve;

public sealed class ServeOptionsTests
{
    [Fact]
    public void No_setting_is_required()
    {
        var options = Read(("tls-cert", ""), ("tls-key", ""));

        Assert.Equal("[::]:8443", $"{options.Listen}");
        Assert.Equal("[::]:8080", $"{options.HealthListen}");
        Assert.Equal(("", ""), (options.TlsCert, options.TlsKey));
        Assert.Equal(new ManagedCertificateOptions("kubeinject", "kubeinject-tls", "kubeinject", "kubeinject"), options.ManagedCertificate);
        Assert.Equal(["kubeinject.kubeinject.svc", "kubeinject.kubeinject.svc.cluster.local"], options.ManagedCertificate!.Hosts);
        Assert.Equal((false, LogLevel.Information), (options.UsesJson, options.LogLevel));
    }

    [Fact]
    public void The_files_of_a_certificate_are_used_instead_of_a_managed_one()
    {
        var options = Read();

        Assert.Equal((Path.GetFullPath("a.crt"), Path.GetFullPath("a.key"), null), (options.TlsCert, options.TlsKey, options.ManagedCertificate));
    }

    [Fact]
    public void The_objects_of_a_managed_certificate_are_settings()
    {
        var managed = Read(("tls-cert", ""), ("tls-key", ""), ("lease-namespace", "db"), ("tls-secret", "s.tls"), ("service-name", "injector"), ("webhook-configuration", "w")).ManagedCertificate!;

        Assert.Equal(("db", "s.tls", "w", "injector.db.svc"), (managed.Namespace, managed.Secret, managed.WebhookConfiguration, managed.Hosts[0]));
    }

    [Theory]
    [InlineData("webhook", true, false)]
    [InlineData("controller", false, true)]
    [InlineData("both", true, true)]
    public void A_role_is_one_part_or_both(string role, bool runsWebhook, bool runsController)
    {
        var options = Read(("role", role));

        Assert.Equal((runsWebhook, runsController), (options.RunsWebhook, options.RunsController));
    }

    [Theory]
    [InlineData("none", "None")]
    [InlineData("evict", "Evict")]
    [InlineData("rollout", "Rollout")]
    public void Pods_that_expire_are_kept_evicted_or_rolled_out(string name, string action) => Assert.Equal(action, $"{Read(("on-expiry", name)).OnExpiry}");

    [Fact]
    public void The_controller_needs_no_certificate()
    {
        var options = ServeOptions.Read(new SettingsReader(new Dictionary<string, IReadOnlyList<string>> { ["role"] = ["controller"] }, _ => null, null));

        Assert.Equal(("", "", null), (options.TlsCert, options.TlsKey, options.ManagedCertificate));
    }

    [Theory]
    [InlineData(":443", "[::]:443")]
    [InlineData("127.0.0.1:0", "127.0.0.1:0")]
    [InlineData("[::1]:8443", "[::1]:8443")]
    public void An_address_is_optional_before_the_port(string listen, string expected) => Assert.Equal(expected, $"{Read(("listen", listen)).Listen}");

    [Theory]
    [InlineData("role", "leader", "--role must be one of: webhook, controller, both.")]
    [InlineData("listen", "8443", "--listen must be an IP address and a port, such as 127.0.0.1:8443 or :8443.")]
    [InlineData("listen", ":65536", "--listen must be an IP address and a port, such as 127.0.0.1:8443 or :8443.")]
    [InlineData("health-listen", "localhost:80", "--health-listen must be an IP address and a port, such as 127.0.0.1:8080 or :8080.")]
    [InlineData("tls-cert", "", "--tls-key requires --tls-cert, KUBEINJECT_TLS_CERT, or 'tls-cert' in the settings file.")]
    [InlineData("tls-key", "", "--tls-cert requires --tls-key, KUBEINJECT_TLS_KEY, or 'tls-key' in the settings file.")]
    [InlineData("tls-secret", "A", "--tls-secret must be the name of a Kubernetes object: lowercase letters, digits, '-' and '.'.")]
    [InlineData("service-name", "a..b", "--service-name must be the name of a Kubernetes object: lowercase letters, digits, '-' and '.'.")]
    [InlineData("on-expiry", "delete", "--on-expiry must be one of: none, evict, rollout.")]
    [InlineData("log-format", "xml", "--log-format must be one of: text, json.")]
    [InlineData("log-level", "Debug", "--log-level must be one of: debug, information, warning, error.")]
    public void An_invalid_setting_is_an_error(string name, string value, string expected) =>
        Assert.Equal(expected, Assert.Throws<SettingException>(() => Read((name, value))).Message);

    [Fact]
    public void The_label_and_the_default_mount_are_settings()
    {
        var options = Read(("role", "webhook"), ("tls-cert", "c"), ("tls-key", "k"), ("injector-label", "inject-dev"), ("default-mount", "pg"));
        Assert.Equal(("inject-dev", "pg"), (options.Annotations.LabelKey, options.Annotations.DefaultMount));
    }

    private static ServeOptions Read(params (string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, IReadOnlyList<string>> { ["role"] = ["webhook"], ["tls-cert"] = ["a.crt"], ["tls-key"] = ["a.key"] };
        foreach (var (name, value) in settings)
            all[name] = [value];
        if (settings.Any(setting => setting.Name is "tls-secret" or "service-name"))
            (all["tls-cert"], all["tls-key"]) = ([""], [""]);
        return ServeOptions.Read(new SettingsReader(all, _ => null, null));
    }
}
