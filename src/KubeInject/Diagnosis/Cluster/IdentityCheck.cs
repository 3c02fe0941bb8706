using KubeInject.Annotations;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Diagnosis.Cluster;

/// <summary>Looks whether the pod's ServiceAccount is there and gets tokens. An injector asks for one whether or not pods mount it.</summary>
internal sealed class IdentityCheck(ClusterCache facts)
{
    public async Task<DiagnosisStep> CheckAsync(DiagnosisSubject subject, string @namespace, CancellationToken cancellationToken)
    {
        var name = subject.Template.ServiceAccountName;
        var account = await facts.GetAsync(KubeResource.ServiceAccounts, name, @namespace, cancellationToken).ConfigureAwait(false);
        if (account.Problem is not null)
            return Link(DiagnosisStatus.Unknown, $"whether the ServiceAccount {name} exists could not be looked at. {account.Problem}");
        if (account.Value is null)
            return Link(DiagnosisStatus.Failed, $"the ServiceAccount {name} does not exist.", subject.Find(
                FindingCode.MissingServiceAccount,
                FindingSeverity.Error,
                $"The ServiceAccount '{name}' does not exist in the namespace '{@namespace}', so that neither is the pod created nor are credentials issued to it.",
                $"Create it with 'kubectl create serviceaccount {name} --namespace {@namespace}', or correct serviceAccountName."));

        try
        {
            var question = new AccessQuestion("create", KubeResource.ServiceAccounts) { Subresource = "token", Namespace = @namespace, Name = name };
            if (!(await facts.Client.ReviewAccessAsync(question, cancellationToken).ConfigureAwait(false)).Allowed)
                return Link(DiagnosisStatus.Unknown, $"the ServiceAccount {name} exists; whether it gets tokens could not be tried. {ClusterCache.MissingRight("create", KubeResource.ServiceAccounts, @namespace, "token")}");
            await facts.Client.DryRunTokenAsync(name, @namespace, cancellationToken).ConfigureAwait(false);
            return Link(DiagnosisStatus.Passed, $"the ServiceAccount {name} exists and gets tokens.");
        }
        catch (KubeApiException exception) when (exception.StatusCode is >= 400 and < 500)
        {
            return Link(DiagnosisStatus.Failed, $"the ServiceAccount {name} gets no token.", subject.Find(
                FindingCode.TokenRefused,
                FindingSeverity.Error,
                $"The cluster issues no token for the ServiceAccount '{name}': {Redaction.OneLine(exception.Message.TrimEnd('.'))}.",
                "Have the cluster's administrator look at what refuses it."));
        }
        catch (Exception exception) when (exception is KubeApiException or KubeConnectionException)
        {
            return Link(DiagnosisStatus.Unknown, $"the ServiceAccount {name} exists; whether it gets tokens could not be looked at: {exception.Message}");
        }
    }

    private static DiagnosisStep Link(DiagnosisStatus state, string text, params Finding[] findings) =>
        new() { Step = DiagnosisStepKind.Identity, State = state, Text = text, Findings = findings };
}
