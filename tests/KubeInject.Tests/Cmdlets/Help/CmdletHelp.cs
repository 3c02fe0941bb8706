namespace KubeInject.Tests.Cmdlets.Help;

/// <summary>What a cmdlet is, as its class, its page or the MAML file has it; and what is told of it.</summary>
internal sealed record CmdletHelp(string Name)
{
    /// <summary>The parameters by name.</summary>
    public IReadOnlyList<ParameterHelp> Parameters { get; init; } = [];

    /// <summary>One line a parameter set: its parameters with position, need and pipeline input. Sorted, for MAML has no names of sets.</summary>
    public IReadOnlyList<string> Sets { get; init; } = [];

    public string Synopsis { get; init; } = "";

    public string Description { get; init; } = "";

    public IReadOnlyList<ExampleHelp> Examples { get; init; } = [];

    /// <summary>The names of types, each with what is said of it.</summary>
    public IReadOnlyDictionary<string, string> Inputs { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Outputs { get; init; } = new Dictionary<string, string>();

    public string Notes { get; init; } = "";

    /// <summary>The related links: texts with what they lead to.</summary>
    public IReadOnlyList<(string Text, string Target)> Links { get; init; } = [];

    /// <summary>One line of a parameter set.</summary>
    public static string Set(IEnumerable<string> parameters) => string.Join("; ", parameters.Order(StringComparer.Ordinal));

    /// <summary>A parameter in a set.</summary>
    public static string InSet(string name, int? position, bool isRequired, bool byValue, bool byPropertyName) =>
        $"{name}{(position is null ? "" : $" at {position}")}{(isRequired ? " required" : "")}{(byValue ? " by value" : "")}{(byPropertyName ? " by property name" : "")}";
}

/// <summary>A parameter: what it is; its default, where one is told; and its text.</summary>
internal sealed record ParameterHelp(string Name, string Type, string Aliases, bool TakesWildcards, string Default, string Text);

/// <summary>An example: what it is about, its one block of code, and what is told before and after that.</summary>
internal sealed record ExampleHelp(string Title, string Code, string Text);
