using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace KubeInject.Injector;

/// <summary>The option <c>--help</c> with additional text, such as examples, after the standard help.</summary>
internal static class ExtendedHelp
{
    public static HelpOption Option(string more) => new() { Action = new Action(new HelpAction(), more) };

    private sealed class Action(HelpAction listing, string more) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            var result = listing.Invoke(parseResult);
            parseResult.InvocationConfiguration.Output.Write($"{more}\n");
            return result;
        }
    }
}
