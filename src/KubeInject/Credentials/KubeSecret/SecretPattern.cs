using System.Text;
using System.Text.RegularExpressions;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Credentials.KubeSecret;

/// <summary>
/// The pattern for the Secret with the credential of a database: a name, or a namespace and a name, with the placeholders
/// <c>{role}</c>, <c>{database}</c> and <c>{namespace}</c>. For example, <c>{role}-db</c> is a Secret in the pod's namespace,
/// and <c>credentials/{namespace}.{role}</c> is a Secret in the namespace <c>credentials</c>.
/// </summary>
/// <remarks>
/// The values come from a pod's annotations, and a pod must not read a Secret that is meant for another namespace. Therefore,
/// the namespace is fixed text or the pod's namespace, and each value must be a DNS-1123 label, which has no slash and no dot.
/// If pods of several namespaces share one namespace of Secrets, <c>{namespace}</c> must be delimited by dots. Otherwise,
/// role <c>b-c</c> of namespace <c>a</c> and role <c>c</c> of namespace <c>a-b</c> would have the same Secret.
/// </remarks>
internal sealed partial class SecretPattern
{
    private const string Role = "{role}";
    private const string Database = "{database}";
    private const string Namespace = "{namespace}";

    private readonly string text;
    private readonly string? @namespace;
    private readonly string[] name;

    private SecretPattern(string text, string? @namespace, string[] name)
    {
        this.text = text;
        this.@namespace = @namespace;
        this.name = name;
    }

    /// <summary>Parses a pattern.</summary>
    /// <param name="text">The pattern: <c>{role}-db</c>, <c>{namespace}/{role}-db</c>, <c>credentials/{role}</c>.</param>
    /// <returns>The pattern.</returns>
    /// <exception cref="FormatException">The pattern is invalid. The message contains the reason and the remedy.</exception>
    public static SecretPattern Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split('/');
        if (parts.Length > 2)
            throw Invalid(text, "more than one slash. Specify a namespace, a slash and a name, or only a name");

        var space = parts.Length == 2 ? parts[0] : null;
        if (space is not (null or Namespace) && !IsLabel(space))
            throw Invalid(text, "an invalid namespace. Specify {namespace} for the pod's namespace, or the name of a namespace");

        var name = Parts(parts[^1]);
        if (Array.Find(name, part => part.Contains('{', StringComparison.Ordinal) && part is not (Role or Database or Namespace)) is { } unknown)
            throw Invalid(text, $"the unknown placeholder {unknown}. Use {{role}}, {{database}} or {{namespace}}");
        if (!IsName(string.Concat(name.Select(part => part[0] == '{' ? "x" : part))))
            throw Invalid(text, "an invalid Secret name. Use lowercase letters, digits, '-' and '.'");
        if (space is not (null or Namespace) && !IsDelimited(name))
            throw Invalid(text, $"{Namespace} without a dot on each side, so pods of one namespace could read Secrets that are meant for another. Write, for example, {space}/{Namespace}.{Role}");
        return new SecretPattern(text, space is Namespace ? null : space, name);
    }

    /// <summary>Resolves the Secret of a lease.</summary>
    /// <param name="lease">The requested lease.</param>
    /// <param name="defaultNamespace">The namespace of pods whose manifest specifies none.</param>
    /// <returns>The reference to the Secret, which might not exist.</returns>
    /// <exception cref="CredentialException">A value from the pod is not valid in the name of a Secret.</exception>
    public ObjectReference Resolve(LeaseRecord lease, string defaultNamespace)
    {
        ArgumentNullException.ThrowIfNull(lease);
        var podNamespace = string.IsNullOrEmpty(lease.Owner.Namespace) ? defaultNamespace : lease.Owner.Namespace;
        var resolved = new StringBuilder();
        foreach (var part in name)
        {
            resolved.Append(part switch
            {
                Role => Label(lease.Role, "role"),
                Database => Label(lease.Database, "database"),
                Namespace => Label(podNamespace, "namespace"),
                _ => part,
            });
        }

        // Each value is a label, and Parse verified that the pattern is a valid name with labels, so only the length is left.
        return resolved.Length <= 253
            ? new ObjectReference("Secret", @namespace ?? Label(podNamespace, "namespace"), resolved.ToString())
            : throw new CredentialException(CredentialFailure.Refused, $"The pattern '{text}' results in a Secret name of {resolved.Length} characters, but the limit is 253. Shorten the role.");

        string Label(string value, string placeholder) => IsLabel(value)
            ? value
            : throw new CredentialException(CredentialFailure.Refused,
                $"The {placeholder} '{Shorten(value)}' cannot be part of a Secret name in the pattern '{text}'. Use up to 63 lowercase letters, digits and '-', with a letter or digit at both ends.");
    }

    /// <summary>Returns the text of the pattern.</summary>
    /// <returns>The text that <see cref="Parse"/> received.</returns>
    public override string ToString() => text;

    /// <summary>Whether each namespace in a name is delimited by dots.</summary>
    private static bool IsDelimited(string[] name) => !name.Where((part, i) =>
        part == Namespace && ((i > 0 && !name[i - 1].EndsWith('.')) || (i < name.Length - 1 && !name[i + 1].StartsWith('.')))).Any();

    private static string[] Parts(string name) => [.. Placeholder().Split(name).Where(part => part.Length > 0)];

    private static FormatException Invalid(string text, string problem) => new($"The pattern '{text}' has {problem}.");

    // Annotations are untrusted text and are displayed on a terminal.
    private static string Shorten(string value) => DisplayText.Escape(value.Length > 64 ? value[..64] : value);

    private static bool IsLabel(string text) => LabelText().IsMatch(text);

    private static bool IsName(string text) => text.Length <= 253 && NameText().IsMatch(text);

    [GeneratedRegex(@"(\{[^}]*\}?)")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\z")]
    private static partial Regex LabelText();

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex NameText();
}
