using System.CommandLine;
using KubeInject.Manifests;

namespace KubeInject.Injector;

/// <summary>The manifests that a command line names.</summary>
internal static class ManifestInputs
{
    /// <summary>What stands for standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>What to say where none is named.</summary>
    public const string Missing = "Name the manifests: files, folders, or - for standard input.";

    /// <summary>The argument that names them.</summary>
    public static Argument<string[]> Argument()
    {
        var inputs = new Argument<string[]>("input")
        {
            Arity = ArgumentArity.ZeroOrMore,
            HelpName = "FILE|DIR|-",
            Description = "Manifests: files, folders with *.yaml, *.yml and *.json, wildcards, or - for standard input.",
        };
        RefuseOptions(inputs);
        return inputs;
    }

    /// <summary>The option that says whether folders below a folder count.</summary>
    public static Option<bool> Recursive() => new("--recursive", "--recurse", "-R") { Description = "Look into the folders below a folder, too. Links that lead out of the folder are not followed." };

    /// <summary>What looks like an option and is none would be taken for a file.</summary>
    public static void RefuseOptions(Argument argument) => argument.Validators.Add(result =>
    {
        if (result.Tokens.FirstOrDefault(token => token.Value.Length > 1 && token.Value.StartsWith('-')) is { } unknown)
            result.AddError($"There is no option '{unknown.Value}'.");
    });

    /// <summary>Looks all of them up, before anything is done with one.</summary>
    /// <returns>The manifests in the order of the paths, those of a folder in ordinal order.</returns>
    /// <exception cref="FileNotFoundException">There is no such file or folder.</exception>
    public static List<ManifestSource> Find(IEnumerable<string> paths, bool recursive) =>
        [.. paths.SelectMany(path => path == StandardInput ? [ManifestSource.FromStream(Console.OpenStandardInput())] : ManifestSource.FromPath(path, recursive))];
}
