namespace KubeInject.Tests.Cmdlets.Help;

/// <summary>The help of a cmdlet, as its class, its page or the MAML file has it.</summary>
internal sealed record CmdletHelp(string Name)
{
    /// <summary>The parameters by name.</summary>
    public IReadOnlyList<ParameterHelp> Parameters { get; init; } = [];

    /// <summary>One line per parameter set: its parameters with position, whether they are mandatory, and pipeline input. Sorted, because MAML has no names of sets.</summary>
    public IReadOnlyList<string> Sets { get; init; } = [];

    public string Synopsis { get; init; } = "";

    public string Description { get; init; } = "";

    public IReadOnlyList<ExampleHelp> Examples { get; init; } = [];

    /// <summary>The names of types, each with its description.</summary>
    public IReadOnlyDictionary<string, string> Inputs { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Outputs { get; init; } = new Dictionary<string, string>();

    public string Notes { get; init; } = "";

    /// <summary>The related links: their texts and targets.</summary>
    public IReadOnlyList<(string Text, string Target)> Links { get; init; } = [];

    /// <summary>One line of a parameter set.</summary>
    public static string Set(IEnumerable<string> parameters) => string.Join("; ", parameters.Order(StringComparer.Ordinal));

    /// <summary>A parameter in a set.</summary>
    public static string InSet(string name, int? position, bool isRequired, bool byValue, bool byPropertyName) =>
        $"{name}{(position is null ? "" : $" at {position}")}{(isRequired ? " required" : "")}{(byValue ? " by value" : "")}{(byPropertyName ? " by property name" : "")}";
}

/// <summary>A parameter: its attributes, its default if it has one, and its text.</summary>
internal sealed record ParameterHelp(string Name, string Type, string Aliases, bool TakesWildcards, string Default, string Text);

/// <summary>An example: its title, its code block, and the text before and after it.</summary>
internal sealed record ExampleHelp(string Title, string Code, string Text);
