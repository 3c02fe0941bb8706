namespace KubeInject.Reports;

/// <summary>The numbers of pods and findings in a namespace.</summary>
/// <param name="Name">The namespace.</param>
/// <param name="Pods">The number of pods.</param>
/// <param name="Requesting">Pods that request credentials.</param>
/// <param name="Injected">Pods that have the requested credentials.</param>
/// <param name="Pending">Pods that do not have the requested credentials yet.</param>
/// <param name="Errors">Findings that prevent an injection; pods of one template count once.</param>
/// <param name="Warnings">Warnings; pods of one template count once.</param>
/// <param name="Notes">Findings for information; pods of one template count once.</param>
internal sealed record NamespaceSummary(string Name, int Pods, int Requesting, int Injected, int Pending, int Errors, int Warnings, int Notes);
