using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Text.RegularExpressions;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Cmdlets.Secrets;
using KubeInject.Credentials;

namespace KubeInject.Cmdlets.Sources;

/// <summary>Has ScriptBlocks issue and revoke credentials, on the pipeline thread of the cmdlet that asks for it.</summary>
internal sealed partial class ScriptCredentials(string name, ScriptBlock issue, ScriptBlock? revoke)
{
    public const string DefaultName = "script";

    // All streams in one, for what the ScriptBlock writes beside its output is to be the cmdlet's that asks.
    private const string Call = "param($script, $argument) & $script $argument *>&1";

    // A ScriptBlock belongs to the runspace that it was written in. Another's thread would wait for that one, which may be waiting for it.
    private readonly Guid home = Runspace.DefaultRunspace.InstanceId;

    /// <exception cref="ArgumentException">The name is another source's, or cannot be a label of the records.</exception>
    public DelegateCredentialIssuer ToIssuer() => NameText().IsMatch(name)
        ? new(name, IssueAsync, revoke is null ? null : RevokeAsync)
        : throw new ArgumentException($"The name '{name}' is that of another kind of source, or holds more than lower-case letters, digits and '-'.");

    private async Task<Credential> IssueAsync(CredentialRequest request, CancellationToken cancellationToken)
    {
        var output = await InvokeAsync(issue, request, cancellationToken).ConfigureAwait(false);
        return output is [{ BaseObject: PSCredential { UserName.Length: > 0 } credential }]
            ? new Credential(credential.UserName, credential.Password.ToSecret())
            : throw Refused($"The ScriptBlock has to return one PSCredential with a username for the role '{request.Role}' of the database '{request.Database}'. It returned {What(output)}.");
    }

    // What it returns is nobody's.
    private async Task RevokeAsync(CredentialHandle handle, CancellationToken cancellationToken) =>
        await InvokeAsync(revoke!, handle, cancellationToken).ConfigureAwait(false);

    private async Task<IReadOnlyList<PSObject?>> InvokeAsync(ScriptBlock script, object argument, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var pipeline = PipelineThread.Current ?? throw new InvalidOperationException("A ScriptBlock can only be run for a cmdlet.");
        IReadOnlyList<PSObject?> output = [];
        await pipeline.InvokeAsync(() => output = Invoke(pipeline.Cmdlet, script, argument)).ConfigureAwait(false);
        return output;
    }

    private List<PSObject?> Invoke(Cmdlet cmdlet, ScriptBlock script, object argument)
    {
        if (Runspace.DefaultRunspace.InstanceId != home)
            throw Refused("The ScriptBlock belongs to the runspace in which the source was made. Run New-CredentialSource in this one, too.");
        try
        {
            return [.. ScriptBlock.Create(Call).Invoke(script, argument).Where(written => !IsMessage(cmdlet, written))];
        }
        catch (PipelineStoppedException exception)
        {
            throw new OperationCanceledException("The ScriptBlock was stopped.", exception);
        }
        catch (RuntimeException exception)
        {
            throw Refused($"The ScriptBlock failed: {exception.Message.ReplaceLineEndings(" ")}", exception);
        }
    }

    private static bool IsMessage(Cmdlet cmdlet, PSObject? written)
    {
        switch (written?.BaseObject)
        {
            case ErrorRecord error:
                cmdlet.WriteError(error);
                return true;
            case WarningRecord warning:
                cmdlet.WriteWarning(warning.Message);
                return true;
            case VerboseRecord verbose:
                cmdlet.WriteVerbose(verbose.Message);
                return true;
            case DebugRecord debug:
                cmdlet.WriteDebug(debug.Message);
                return true;
            case InformationRecord information:
                cmdlet.WriteInformation(information);
                return true;
            default:
                return false;
        }
    }

    // Types only: what came may hold what should have been in a PSCredential.
    private static string What(IReadOnlyList<PSObject?> output) => output switch
    {
        [] => "nothing",
        [var single] => Describe(single),
        _ => $"{output.Count} objects: {string.Join(", ", output.Take(5).Select(Describe))}{(output.Count > 5 ? ", …" : "")}",
    };

    private static string Describe(PSObject? value) => value?.BaseObject switch
    {
        null => "$null",
        PSCredential => "a PSCredential without a username",
        var other => $"a {other.GetType().Name}",
    };

    [GeneratedRegex(@"\A(?!(local|vault|kube-secret|postgresql)\z)[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\z")]
    private static partial Regex NameText();

    private static CredentialException Refused(string message, Exception? cause = null) => new(CredentialFailure.Refused, message, cause);
}
