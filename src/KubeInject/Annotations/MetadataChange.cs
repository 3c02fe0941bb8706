namespace KubeInject.Annotations;

/// <summary>A change to a label or annotation of a pod or, for a workload, of its pod template.</summary>
/// <param name="Field">The field that contains the key.</param>
/// <param name="Key">The key with its prefix.</param>
public abstract record MetadataChange(MetadataField Field, string Key);

/// <summary>Adds a key, or replaces its value.</summary>
/// <param name="Field">The field that contains the key.</param>
/// <param name="Key">The key with its prefix.</param>
/// <param name="Value">The new value.</param>
public sealed record SetMetadata(MetadataField Field, string Key, string Value) : MetadataChange(Field, Key)
{
    /// <summary>The new value, with passwords masked.</summary>
    public string Value => PasswordMask.Apply(RawValue);

    /// <summary>The new value, unmasked.</summary>
    internal string RawValue { get; } = Value;

    /// <summary>Returns the change without the value, which might contain a password.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => DisplayText.Escape($"set {Key}");
}

/// <summary>Removes a key. Has no effect if the key does not exist.</summary>
/// <param name="Field">The field that contains the key.</param>
/// <param name="Key">The key with its prefix.</param>
public sealed record RemoveMetadata(MetadataField Field, string Key) : MetadataChange(Field, Key)
{
    /// <inheritdoc/>
    public override string ToString() => DisplayText.Escape($"remove {Key}");
}

/// <summary>Renames a key. Keeps the value and the position.</summary>
/// <param name="Field">The field that contains the key.</param>
/// <param name="Key">The key with its prefix.</param>
/// <param name="NewKey">The new key, which must not exist.</param>
public sealed record RenameMetadata(MetadataField Field, string Key, string NewKey) : MetadataChange(Field, Key)
{
    /// <inheritdoc/>
    public override string ToString() => DisplayText.Escape($"rename {Key} to {NewKey}");
}

/// <summary>Moves a key and its value from the metadata of the workload to the metadata of its pod template.</summary>
/// <param name="Field">The field that contains the key.</param>
/// <param name="Key">The key with its prefix.</param>
public sealed record MoveMetadata(MetadataField Field, string Key) : MetadataChange(Field, Key)
{
    /// <inheritdoc/>
    public override string ToString() => DisplayText.Escape($"move {Key} to the pod template");
}
