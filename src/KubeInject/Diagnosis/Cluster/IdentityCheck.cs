using KubeInject.Annotations;
using KubeInject.Kubernetes;

namespace KubeInject.Diagnosis;

/// <summary>Looks whether the pod's ServiceAccount is there and gets tokens. An injector asks for one whether or not pods mount it.</summary>
internal sealed class IdentityCheck(ClusterFacts facts)
{
    public async Task<DiagnosisLink> CheckAsync(DiagnosisSubject subject, string @namespace, CancellationToken cancellationToken)
    {
        var name = subject.Template.ServiceAccountName;
        var account = await facts.GetAsync(KubeResource.ServiceAccounts, name, @namespace, cancellationToken).ConfigureAwait(false);
        if (account.Problem is not null)
            return Link(LinkState.Unknown, $"whether the ServiceAccount {name} exists could not be looked at. {account.Problem}");
        if (account.Value is null)
            return Link(LinkState.Broken, $"the ServiceAccount {name} does not exist.", subject.Find(
                FindingCode.MissingServiceAccount,
                FindingSeverity.Error,
                $"The ServiceAccount '{name}' does not exist in the namespace '{@namespace}', so that neither is the pod created nor are credentials issued to it.",
                $"Create it with 'kubectl create serviceaccount {name} --namespace {@namespace}', or correct serviceAccountName."));

        try
        {
            var question = new AccessQuestion("create", KubeResource.ServiceAccounts) { Subresource = "token", Namespace = @namespace, Name = name };
            if (!(await facts.Client.ReviewAccessAsync(question, cancellationToken).ConfigureAwait(false)).Allowed)
                return Link(LinkState.Unknown, $"the ServiceAccount {name} exists; whether it gets tokens could not be tried. {ClusterFacts.MissingRight("create", KubeResource.ServiceAccounts, @namespace, "token")}");
            await facts.Client.TryTokenAsync(name, @namespace, cancellationToken).ConfigureAwait(false);
            return Link(LinkState.Holds, $"the ServiceAccount {name} exists and gets tokens.");
        }
        catch (KubeApiException exception) when (exception.StatusCode is >= 400 and < 500)
        {
            return Link(LinkState.Broken, $"the ServiceAccount {name} gets no token.", subject.Find(
                FindingCode.TokenRefused,
                FindingSeverity.Error,
                $"The cluster issues no token for the ServiceAccount '{name}': {Quoted.OneLine(exception.Message.TrimEnd('.'))}.",
                "Have the cluster's administrator look at what refuses it."));
        }
        catch (Exception exception) when (exception is KubeApiException or KubeConnectionException)
        {
            return Link(LinkState.Unknown, $"the ServiceAccount {name} exists; whether it gets tokens could not be looked at: {exception.Message}");
        }
    }

    private static DiagnosisLink Link(LinkState state, string text, params Finding[] findings) =>
        new() { Step = LinkStep.Identity, State = state, Text = text, Findings = findings };
}
