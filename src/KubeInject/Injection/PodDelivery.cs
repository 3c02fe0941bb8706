using KubeInject.Leases;

namespace KubeInject.Injection;

/// <summary>How the credentials of one pod template reach its containers.</summary>
internal sealed class PodDelivery
{
    private readonly InjectionPlan plan;

    private PodDelivery(InjectionPlan plan, DeliverySecret? secret)
    {
        this.plan = plan;
        Secret = secret;
    }

    /// <summary>The Secret that they are delivered in; null where they stand in the spec.</summary>
    public DeliverySecret? Secret { get; }

    /// <param name="plan">Which variables there are.</param>
    /// <param name="delivery">How they get their values.</param>
    /// <param name="namespace">The namespace of a template that names none; null where nobody knows.</param>
    public static PodDelivery For(InjectionPlan plan, CredentialDelivery delivery, string? @namespace) =>
        new(plan, delivery == CredentialDelivery.Secret ? DeliverySecret.For(plan, plan.Injection.Namespace ?? @namespace) : null);

    /// <summary>The same delivery of the same credentials into other variables.</summary>
    public PodDelivery For(InjectionPlan other) => new(other, Secret);

    /// <summary>The variables before anything is issued, to try out whether the template takes them.</summary>
    public IReadOnlyList<EnvironmentEntry> Placeholders() =>
        [.. plan.Variables.Select(variable => Secret is null ? EnvironmentEntry.Empty(variable) : EnvironmentEntry.Of(variable, Secret.Reference))];

    /// <summary>The variables with what was issued.</summary>
    /// <exception cref="FormatException">A credential holds a character that no environment variable can.</exception>
    public IReadOnlyList<EnvironmentEntry> Entries(IReadOnlyList<IssuedLease> credentials)
    {
        var byDatabase = credentials.ToDictionary(lease => lease.Record.Database, lease => lease.Credential, StringComparer.Ordinal);
        return [.. plan.Variables.Select(variable => Secret is null
            ? EnvironmentEntry.Of(variable, byDatabase[variable.Database.Name])
            : EnvironmentEntry.Of(variable, Secret.Reference))];
    }
}
