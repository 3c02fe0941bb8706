using System.Text.RegularExpressions;
using KubeInject.Annotations;

namespace KubeInject.Installation;

/// <summary>What to install in a cluster.</summary>
internal sealed partial record InstallationOptions
{
    /// <summary>The default namespace, and the name of all objects.</summary>
    public const string DefaultName = "kubeinject";

    // With a password, the connection is a secret, too.
    private const string Connection = "KUBEINJECT_POSTGRESQL_CONNECTION";

    private readonly IReadOnlyDictionary<string, string> settings = new Dictionary<string, string>();
    private readonly string @namespace = DefaultName;

    /// <summary>The settings whose values are secrets.</summary>
    public static IReadOnlySet<string> SecretSettings { get; } =
        new HashSet<string>(StringComparer.Ordinal) { "KUBEINJECT_VAULT_TOKEN", "KUBEINJECT_VAULT_SECRET_ID", "KUBEINJECT_POSTGRESQL_PASSWORD" };

    /// <summary>The container image. Default: <c>kubeinject</c>, a placeholder.</summary>
    public string Image { get; init; } = DefaultName;

    /// <summary>The namespace, which is created if it does not exist. Default: <c>kubeinject</c>.</summary>
    /// <exception cref="FormatException">The value is not a valid name.</exception>
    public string Namespace
    {
        get => @namespace;
        init => @namespace = DnsLabel().IsMatch(value) ? value : throw new FormatException($"'{value}' is not a valid name of a namespace. Use at most 63 lowercase letters, digits and '-', and begin and end with a letter or digit.");
    }

    /// <summary>The number of pods. Default: 2.</summary>
    public int Replicas { get; init; } = 2;

    /// <summary>What happens to pods if the webhook does not answer. Default: they are refused.</summary>
    public WebhookFailurePolicy FailurePolicy { get; init; }

    /// <summary>The label by which the webhook and the controller select pods. Default: <c>vault-db-injector</c>.</summary>
    public InjectionOptions Annotations { get; init; } = InjectionOptions.Default;

    /// <summary>Labels of which a namespace needs all, so that the webhook acts on its pods. Default: none.</summary>
    public IReadOnlyDictionary<string, string> NamespaceLabels { get; init; } = new Dictionary<string, string>();

    /// <summary>Settings of <c>kubeinject serve</c> by the names of their environment variables.</summary>
    /// <exception cref="FormatException">A name is not that of a setting, or a value is a secret, which must not be in a Deployment.</exception>
    public IReadOnlyDictionary<string, string> Settings
    {
        get => settings;
        init
        {
            foreach (var (name, text) in value)
            {
                if (!Variable().IsMatch(name))
                    throw new FormatException($"'{name}' is not the name of a setting. Specify the environment variable of the setting, such as KUBEINJECT_SOURCE.");
                if (SecretSettings.Contains(name) || (name == Connection && PasswordMask.IsNeeded(text)))
                    throw new FormatException($"{name} contains a secret, which everyone who can read Deployments could read. Specify it as a key of the Secret {Installer.SettingsSecret}.");
            }

            settings = value;
        }
    }

    [GeneratedRegex(@"\A[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\z")]
    private static partial Regex DnsLabel();

    [GeneratedRegex(@"\AKUBEINJECT_[A-Z_]+\z")]
    private static partial Regex Variable();
}
