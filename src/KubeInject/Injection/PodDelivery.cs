using KubeInject.Leases;

namespace KubeInject.Injection;

/// <summary>The delivery of credentials to the containers of a pod template.</summary>
internal sealed class PodDelivery
{
    private readonly InjectionPlan plan;

    private PodDelivery(InjectionPlan plan, DeliverySecret? secret)
    {
        this.plan = plan;
        Secret = secret;
    }

    /// <summary>The Secret for the delivery. Null if the credentials are values in the spec.</summary>
    public DeliverySecret? Secret { get; }

    /// <param name="plan">The plan with the variables.</param>
    /// <param name="delivery">The way in which the variables get their values.</param>
    /// <param name="namespace">The namespace if the template specifies none. Null if it is unknown.</param>
    public static PodDelivery For(InjectionPlan plan, CredentialDelivery delivery, string? @namespace) =>
        new(plan, delivery == CredentialDelivery.Secret ? DeliverySecret.For(plan, plan.Injection.Namespace ?? @namespace) : null);

    /// <summary>Returns a delivery of the same credentials with other variables.</summary>
    public PodDelivery For(InjectionPlan other) => new(other, Secret);

    /// <summary>Returns the variables without credentials, for a dry run.</summary>
    public IReadOnlyList<EnvironmentEntry> Placeholders() =>
        [.. plan.Variables.Select(variable => Secret is null ? EnvironmentEntry.Empty(variable) : EnvironmentEntry.Of(variable, Secret.Reference))];

    /// <summary>Returns the variables with the issued credentials.</summary>
    /// <exception cref="FormatException">A credential contains a character that an environment variable cannot contain.</exception>
    public IReadOnlyList<EnvironmentEntry> Entries(IReadOnlyList<IssuedLease> credentials)
    {
        var byDatabase = credentials.ToDictionary(lease => lease.Record.Database, lease => lease.Credential, StringComparer.Ordinal);
        return [.. plan.Variables.Select(variable => Secret is null
            ? EnvironmentEntry.Of(variable, byDatabase[variable.Database.Name])
            : EnvironmentEntry.Of(variable, Secret.Reference))];
    }
}
