using KubeInject.Annotations;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Diagnosis.Cluster;

/// <summary>Checks whether the pod's ServiceAccount exists and gets tokens. An injector requests a token even if the pod does not mount one.</summary>
internal sealed class IdentityCheck(ClusterCache cache)
{
    public async Task<DiagnosisStep> CheckAsync(DiagnosisSubject subject, string @namespace, CancellationToken cancellationToken)
    {
        var name = subject.Template.ServiceAccountName;
        var account = await cache.GetAsync(KubeResource.ServiceAccounts, name, @namespace, cancellationToken).ConfigureAwait(false);
        if (account.Problem is not null)
            return Step(DiagnosisStatus.Unknown, $"Whether the ServiceAccount {name} exists could not be checked. {account.Problem}");
        if (account.Value is null)
            return Step(DiagnosisStatus.Failed, $"The ServiceAccount {name} does not exist.", subject.Find(
                FindingCode.MissingServiceAccount,
                FindingSeverity.Error,
                $"The ServiceAccount '{name}' does not exist in the namespace '{@namespace}', so the pod cannot be created and gets no credentials.",
                $"Create it with 'kubectl create serviceaccount {name} --namespace {@namespace}', or correct serviceAccountName."));

        try
        {
            var accessQuestion = new AccessQuestion("create", KubeResource.ServiceAccounts) { Subresource = "token", Namespace = @namespace, Name = name };
            if (!(await cache.Client.ReviewAccessAsync(accessQuestion, cancellationToken).ConfigureAwait(false)).Allowed)
                return Step(DiagnosisStatus.Unknown, $"The ServiceAccount {name} exists; whether it gets tokens could not be checked. {ClusterCache.MissingPermission("create", KubeResource.ServiceAccounts, @namespace, "token")}");
            await cache.Client.DryRunTokenAsync(name, @namespace, cancellationToken).ConfigureAwait(false);
            return Step(DiagnosisStatus.Passed, $"The ServiceAccount {name} exists and gets tokens.");
        }
        catch (KubeApiException exception) when (exception.StatusCode is >= 400 and < 500)
        {
            return Step(DiagnosisStatus.Failed, $"The ServiceAccount {name} gets no token.", subject.Find(
                FindingCode.TokenRefused,
                FindingSeverity.Error,
                $"The cluster issues no token for the ServiceAccount '{name}': {Redaction.OneLine(exception.Message.TrimEnd('.'))}.",
                "Ask the cluster administrator why token requests of this ServiceAccount are refused."));
        }
        catch (Exception exception) when (exception is KubeApiException or KubeConnectionException)
        {
            return Step(DiagnosisStatus.Unknown, $"The ServiceAccount {name} exists; whether it gets tokens could not be checked: {exception.Message}");
        }
    }

    private static DiagnosisStep Step(DiagnosisStatus state, string text, params Finding[] findings) =>
        new() { Step = DiagnosisStepKind.Identity, State = state, Text = text, Findings = findings };
}
