using System.Collections.ObjectModel;

namespace KubeInject;

/// <summary>A read-only list whose text has its items, for example in CSV, where other lists are the name of their type.</summary>
/// <remarks>PowerShell reads single items only of a list whose type is public.</remarks>
/// <typeparam name="T">The type of the items.</typeparam>
public sealed class ReadableList<T> : ReadOnlyCollection<T>
{
    private readonly Func<T, string?> text;
    private readonly string separator;

    internal ReadableList(IList<T> items, Func<T, string?> text, string separator)
        : base(items)
    {
        this.text = text;
        this.separator = separator;
    }

    /// <summary>The list without items.</summary>
    internal static new IReadOnlyList<T> Empty { get; } = new ReadableList<T>([], _ => null, "");

    /// <summary>The texts of the items.</summary>
    /// <returns>For example <c>orders, analytics</c>; empty without items.</returns>
    public override string ToString() => string.Join(separator, this.Select(text));
}

/// <summary>Creates readable lists.</summary>
internal static class ReadableList
{
    /// <summary>Returns a list whose text has its items.</summary>
    /// <param name="items">The items; null for none.</param>
    /// <param name="text">The text of an item. Default: <see cref="object.ToString"/>.</param>
    /// <param name="separator">The text between two items.</param>
    public static IReadOnlyList<T> Of<T>(IEnumerable<T>? items, Func<T, string?>? text = null, string separator = ", ") =>
        items as ReadableList<T> ?? new ReadableList<T>(items as IList<T> ?? [.. items ?? []], text ?? (item => $"{item}"), separator);
}
