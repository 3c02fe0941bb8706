using System.Text.RegularExpressions;

namespace KubeInject.Annotations;

/// <summary>The settings of the annotations that differ between clusters.</summary>
public sealed partial record InjectionOptions
{
    /// <summary>The environment variable of <see cref="LabelKey"/>.</summary>
    internal const string LabelVariable = "KUBEINJECT_INJECTOR_LABEL";

    /// <summary>The environment variable of <see cref="DefaultMount"/>.</summary>
    internal const string MountVariable = "KUBEINJECT_DEFAULT_MOUNT";

    private const string DefaultLabelKey = "vault-db-injector";

    private readonly string? labelKey;
    private readonly string defaultMount = "databases";

    /// <summary>The default settings.</summary>
    public static InjectionOptions Default { get; } = new();

    /// <summary>The key of the label by which the in-cluster injector selects pods. Default: <c>vault-db-injector</c>.</summary>
    /// <exception cref="FormatException">Kubernetes does not accept the value as the key of a label.</exception>
    public string LabelKey
    {
        get => labelKey ?? DefaultLabelKey;
        init => labelKey = IsLabelKey(value) ? value : throw new FormatException(
            $"{Redaction.Key(value)} is not a valid label key. Use at most 63 letters, digits, '-', '_' and '.', begin and end with a letter or digit, and add a DNS name and '/' before it only if the label has such a prefix.");
    }

    /// <summary>The mount path of the database secrets engine for pods that specify no mount. Slashes at the start and end are removed. Default: <c>databases</c>.</summary>
    /// <exception cref="FormatException">The value is empty.</exception>
    public string DefaultMount
    {
        get => defaultMount;
        init => defaultMount = value.Trim('/') is { } path && !string.IsNullOrWhiteSpace(path) ? path : throw new FormatException("The mount path is empty. Specify the path of a database secrets engine, such as databases.");
    }

    /// <summary>Whether <see cref="LabelKey"/> is specified. If it is not, the label of the installed injector can replace the default.</summary>
    internal bool IsLabelSpecified => labelKey is not null;

    /// <summary>The labels of other injectors of the same kind that are installed in the cluster. Default: none.</summary>
    internal IReadOnlyList<string> OtherLabelKeys { get; init; } = [];

    /// <summary>Reads the settings from values, or else from environment variables. An empty variable is not set.</summary>
    /// <param name="labelKey">The label key; null if it is not specified.</param>
    /// <param name="defaultMount">The default mount path; null if it is not specified.</param>
    /// <param name="variable">Returns the value of an environment variable; null if it is not set.</param>
    /// <exception cref="FormatException">A value is not valid. The message contains the name of the parameter or variable.</exception>
    internal static InjectionOptions Read(string? labelKey, string? defaultMount, Func<string, string?> variable)
    {
        var options = Default;
        if (Find(labelKey, "-InjectorLabel", LabelVariable) is var (key, keySource))
            options = Set(keySource, () => options with { LabelKey = key });
        if (Find(defaultMount, "-DefaultMount", MountVariable) is var (mount, mountSource))
            options = Set(mountSource, () => options with { DefaultMount = mount });
        return options;

        (string Value, string Source)? Find(string? value, string parameter, string name) =>
            value is not null ? (value, parameter) : variable(name) is { Length: > 0 } text ? (text, name) : null;
    }

    /// <summary>Returns the label of another installed injector that a pod has instead of <see cref="LabelKey"/>; null if there is none.</summary>
    internal string? OtherLabelOf(IReadOnlyDictionary<string, string> labels)
    {
        if (OtherLabelKeys.Count == 0 || Selects(labels, LabelKey))
            return null;
        foreach (var key in OtherLabelKeys)
        {
            if (Selects(labels, key))
                return key;
        }

        return null;
    }

    /// <summary>Returns the label that selects a pod, or that has to select it. Unless the label is specified, a pod of another installed injector keeps its label, so that only one injector acts.</summary>
    internal string LabelFor(IReadOnlyDictionary<string, string> labels) => IsLabelSpecified ? LabelKey : OtherLabelOf(labels) ?? LabelKey;

    private static bool Selects(IReadOnlyDictionary<string, string> labels, string key) => labels.TryGetValue(key, out var value) && value == MetadataChecks.LabelValue;

    private static InjectionOptions Set(string source, Func<InjectionOptions> set)
    {
        try
        {
            return set();
        }
        catch (FormatException exception)
        {
            throw new FormatException($"{source}: {exception.Message}", exception);
        }
    }

    // https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
    private static bool IsLabelKey(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return NamePattern().IsMatch(key[(slash + 1)..]) && (slash < 0 || (slash <= 253 && PrefixPattern().IsMatch(key[..slash])));
    }

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex PrefixPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9]([-._A-Za-z0-9]{0,61}[A-Za-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
