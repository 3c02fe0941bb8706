namespace KubeInject;

/// <summary>A dictionary whose text has its entries, for example in CSV, where other dictionaries are the name of their type.</summary>
internal sealed class ReadableDictionary : Dictionary<string, string>
{
    /// <summary>Creates an empty dictionary.</summary>
    /// <param name="capacity">The expected number of entries.</param>
    public ReadableDictionary(int capacity = 0)
        : base(capacity, StringComparer.Ordinal)
    {
    }

    private ReadableDictionary(IEnumerable<KeyValuePair<string, string>> entries)
        : base(entries, StringComparer.Ordinal)
    {
    }

    /// <summary>The dictionary without entries. It is never changed.</summary>
    public static IReadOnlyDictionary<string, string> Empty { get; } = new ReadableDictionary();

    /// <summary>Returns a dictionary whose text has its entries. The entries are copied if necessary.</summary>
    /// <param name="entries">The entries; null for none.</param>
    public static IReadOnlyDictionary<string, string> Of(IReadOnlyDictionary<string, string>? entries) =>
        entries is null ? Empty : entries as ReadableDictionary ?? new ReadableDictionary(entries);

    /// <summary>The entries.</summary>
    /// <returns>For example <c>app=orders, tier=web</c>; empty without entries.</returns>
    public override string ToString() => string.Join(", ", this.Select(entry => $"{entry.Key}={entry.Value}"));
}
