using System.CommandLine;
using KubeInject.Manifests;

namespace KubeInject.Injector;

/// <summary>The manifests that the command line specifies.</summary>
internal static class ManifestInputs
{
    /// <summary>The argument that specifies standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>The error if no manifest is specified.</summary>
    public const string Missing = "Specify the manifests: files, folders, or - for standard input.";

    /// <summary>The argument that specifies the manifests.</summary>
    public static Argument<string[]> Argument()
    {
        var inputs = new Argument<string[]>("input")
        {
            Arity = ArgumentArity.ZeroOrMore,
            HelpName = "FILE|DIR|-",
            Description = "Manifests: files, folders with *.yaml, *.yml and *.json, wildcards, or - for standard input.",
        };
        RefuseOptions(inputs);
        inputs.Validators.Add(result =>
        {
            if (result.Tokens.Count(token => token.Value == StandardInput) > 1)
                result.AddError("Standard input (-) can be specified only once.");
        });
        return inputs;
    }

    /// <summary>The option to search subfolders.</summary>
    public static Option<bool> Recursive() => new("--recursive", "--recurse", "-R") { Description = "Search subfolders also. Links that lead out of the folder are not followed." };

    /// <summary>Rejects unknown options, which the parser would otherwise treat as files.</summary>
    public static void RefuseOptions(Argument argument) => argument.Validators.Add(result =>
    {
        if (result.Tokens.FirstOrDefault(token => token.Value.Length > 1 && token.Value.StartsWith('-')) is { } unknown)
            result.AddError($"There is no option '{unknown.Value}'.");
    });

    /// <summary>Finds all manifests, before any of them is processed.</summary>
    /// <returns>The manifests in the order of the paths; the manifests of a folder are in ordinal order.</returns>
    /// <exception cref="FileNotFoundException">A file or folder does not exist.</exception>
    public static List<ManifestSource> Find(IEnumerable<string> paths, bool recursive) =>
        [.. paths.SelectMany(path => path == StandardInput ? [ManifestSource.FromStream(Console.OpenStandardInput())] : ManifestSource.FromPath(path, recursive))];
}
