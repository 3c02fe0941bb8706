using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Text.RegularExpressions;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Cmdlets.Secrets;
using KubeInject.Credentials;

namespace KubeInject.Cmdlets.Sources;

/// <summary>Issues and revokes credentials with ScriptBlocks, which run on the pipeline thread of the cmdlet that uses the source.</summary>
internal sealed partial class ScriptCredentials(string name, ScriptBlock issue, ScriptBlock? revoke)
{
    public const string DefaultName = "script";

    // Merges all streams, so that the cmdlet can write the messages of the ScriptBlock to its own streams.
    private const string Call = "param($script, $argument) & $script $argument *>&1";

    // A ScriptBlock is bound to the runspace that created it. To run it from another runspace can cause a deadlock between the two.
    private readonly Guid runspaceId = Runspace.DefaultRunspace.InstanceId;

    /// <exception cref="ArgumentException">The name is reserved for another kind of source, or is not a valid label value.</exception>
    public DelegateCredentialIssuer ToIssuer() => NameText().IsMatch(name)
        ? new(name, IssueAsync, revoke is null ? null : RevokeAsync)
        : throw new ArgumentException($"The name '{name}' is not valid. A name has 1 to 63 lowercase letters, digits and '-', begins and ends with a letter or digit, and is not the name of another kind of source.");

    private async Task<Credential> IssueAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        var output = await InvokeAsync(issue, lease, cancellationToken).ConfigureAwait(false);
        return output is [{ BaseObject: PSCredential { UserName.Length: > 0 } credential }]
            ? new Credential(credential.UserName, credential.Password.ToSecret())
            : throw Refused($"The ScriptBlock must return one PSCredential with a username for the role '{lease.Role}' of the database '{lease.Database}'. It returned {DescribeOutput(output)}.");
    }

    // The output of the ScriptBlock is not used.
    private async Task RevokeAsync(LeaseRecord lease, CancellationToken cancellationToken) =>
        await InvokeAsync(revoke!, lease, cancellationToken).ConfigureAwait(false);

    private async Task<IReadOnlyList<PSObject?>> InvokeAsync(ScriptBlock script, object argument, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var pipeline = PipelineThread.Current ?? throw new InvalidOperationException("A ScriptBlock can only be run on the pipeline thread of a cmdlet.");
        IReadOnlyList<PSObject?> output = [];
        await pipeline.InvokeAsync(() => output = Invoke(pipeline.Cmdlet, script, argument)).ConfigureAwait(false);
        return output;
    }

    private List<PSObject?> Invoke(Cmdlet cmdlet, ScriptBlock script, object argument)
    {
        if (Runspace.DefaultRunspace.InstanceId != runspaceId)
            throw Refused("The ScriptBlock belongs to the runspace that created the source. Run New-CredentialSource in this runspace, too.");
        try
        {
            return [.. ScriptBlock.Create(Call).Invoke(script, argument).Where(item => !IsMessage(cmdlet, item))];
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

    private static bool IsMessage(Cmdlet cmdlet, PSObject? output)
    {
        switch (output?.BaseObject)
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

    // Only types, because the output can contain a password that is not in a PSCredential.
    private static string DescribeOutput(IReadOnlyList<PSObject?> output) => output switch
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
