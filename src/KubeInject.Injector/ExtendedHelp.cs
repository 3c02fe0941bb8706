using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace KubeInject.Injector;

/// <summary><c>--help</c> with a text of the command's own, such as examples, behind what is listed anyway.</summary>
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
