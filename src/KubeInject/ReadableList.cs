using System.Collections.ObjectModel;

namespace KubeInject;

/// <summary>A list whose text has its items, for example in CSV, where other lists are the name of their type.</summary>
/// <param name="items">The items.</param>
/// <param name="text">The text of an item.</param>
/// <param name="separator">The text between two items.</param>
internal sealed class ReadableList<T>(IList<T> items, Func<T, string?> text, string separator) : ReadOnlyCollection<T>(items)
{
    /// <summary>The list without items.</summary>
    public static new IReadOnlyList<T> Empty { get; } = new ReadableList<T>([], _ => null, "");

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
