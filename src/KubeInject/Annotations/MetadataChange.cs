namespace KubeInject.Annotations;

/// <summary>A change to one label or annotation of a pod; for a workload, of its pod template.</summary>
/// <param name="Field">Where the key stands.</param>
/// <param name="Key">The whole key.</param>
public abstract record MetadataChange(MetadataField Field, string Key);

/// <summary>Gives a key a value, whether or not it is there.</summary>
/// <param name="Field">Where the key stands.</param>
/// <param name="Key">The whole key.</param>
/// <param name="Value">Its value from now on.</param>
public sealed record SetMetadata(MetadataField Field, string Key, string Value) : MetadataChange(Field, Key)
{
    /// <summary>The new value, with passwords masked.</summary>
    public string Value => PasswordMask.Apply(RawValue);

    /// <summary>The new value, unmasked.</summary>
    internal string RawValue { get; } = Value;

    /// <summary>The change without the value: a password may stand in it.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => DisplayText.Escape($"set {Key}");
}

/// <summary>Takes a key away. Nothing happens where it is not there.</summary>
/// <param name="Field">Where the key stands.</param>
/// <param name="Key">The whole key.</param>
public sealed record RemoveMetadata(MetadataField Field, string Key) : MetadataChange(Field, Key)
{
    /// <inheritdoc/>
    public override string ToString() => DisplayText.Escape($"remove {Key}");
}

/// <summary>Gives a key another name, and keeps its value and its place.</summary>
/// <param name="Field">Where the key stands.</param>
/// <param name="Key">The whole key.</param>
/// <param name="NewKey">The whole key from now on; one that is not there yet.</param>
public sealed record RenameMetadata(MetadataField Field, string Key, string NewKey) : MetadataChange(Field, Key)
{
    /// <inheritdoc/>
    public override string ToString() => DisplayText.Escape($"rename {Key} to {NewKey}");
}

/// <summary>Takes a key from the workload's own metadata to that of its pod template, with its value.</summary>
/// <param name="Field">Where the key stands.</param>
/// <param name="Key">The whole key.</param>
public sealed record MoveMetadata(MetadataField Field, string Key) : MetadataChange(Field, Key)
{
    /// <inheritdoc/>
    public override string ToString() => DisplayText.Escape($"move {Key} to the pod template");
}
