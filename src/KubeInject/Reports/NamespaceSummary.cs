namespace KubeInject.Reports;

/// <summary>What there is in a namespace, in numbers.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Pods">All pods.</param>
/// <param name="Asking">Pods that ask for credentials.</param>
/// <param name="Injected">Of these, such as have them.</param>
/// <param name="Pending">Of these, such as do not.</param>
/// <param name="Errors">Findings that stand in the way of an injection; pods of one template count once.</param>
/// <param name="Warnings">Findings that are warnings, likewise.</param>
/// <param name="Notes">Findings that are worth knowing, likewise.</param>
public sealed record NamespaceSummary(string Name, int Pods, int Asking, int Injected, int Pending, int Errors, int Warnings, int Notes);
