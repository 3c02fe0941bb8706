namespace KubeInject.Kubernetes.Objects;

/// <summary>Parses names of objects in the forms that users type and that kubectl and this module print: <c>orders-1</c>, <c>pod/orders-1</c>, <c>shop/pod/orders-1</c>.</summary>
internal static class ObjectName
{
    /// <summary>Parses a name.</summary>
    /// <param name="text">The name. Wildcards are kept.</param>
    /// <param name="resource">The expected resource.</param>
    /// <returns>The reference, with a namespace if the text has one.</returns>
    /// <exception cref="FormatException">The text is not a valid name or has another kind.</exception>
    public static ObjectReference Parse(string text, KubeResource resource)
    {
        var (type, reference) = text.Split('/') switch
        {
            [var name] => (null, new ObjectReference(resource.Kind, null, name)),
            [var kind, var name] => (kind, new ObjectReference(resource.Kind, null, name)),
            [{ Length: > 0 } @namespace, var kind, var name] => (kind, new ObjectReference(resource.Kind, @namespace, name)),
            _ => throw Invalid(text, resource),
        };
        if (type is not null && !IsNamed(type, resource))
            throw new FormatException($"'{text}' is not a {resource.Kind}: '{type}' is another kind. {Example(resource)}");

        return reference.Name.Length == 0 || reference.Name.Any(char.IsWhiteSpace) || !IsPathSegment(reference.Name) ? throw Invalid(text, resource) : reference;
    }

    /// <summary>Whether the API server accepts a text as a part of a path. Other texts would reach another endpoint.</summary>
    /// <remarks>https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#path-segment-names</remarks>
    public static bool IsPathSegment(string text) => text is not ("." or "..") && text.IndexOfAny(['/', '%']) < 0;

    private static bool IsNamed(string type, KubeResource resource)
    {
        var name = type.Split('.')[0];
        return string.Equals(name, resource.Kind, StringComparison.OrdinalIgnoreCase) || string.Equals(name, resource.Plural, StringComparison.OrdinalIgnoreCase)
            || (resource == KubeResource.Pods && string.Equals(name, "po", StringComparison.OrdinalIgnoreCase));
    }

    private static FormatException Invalid(string text, KubeResource resource) => new($"'{text}' is not a valid {resource.Kind} name. {Example(resource)}");

    private static string Example(KubeResource resource)
    {
        var kind = resource.Kind.ToLowerInvariant();
        return $"Specify NAME, {kind}/NAME or NAMESPACE/{kind}/NAME.";
    }
}
