using System.Text.Json;
using KubeInject.Annotations;
using KubeInject.Credentials.Vault;
using KubeInject.Http;
using KubeInject.Leases;

namespace KubeInject.Diagnosis.Vault;

/// <summary>Checks the database secrets engine: whether it is mounted, whether it has the role, and the TTLs of its credentials.</summary>
internal sealed class VaultDatabaseCheck(CachingVaultReader reader, VaultFindings findings)
{
    /// <summary>A max_ttl below this duration is reported as too short for a workload.</summary>
    private static readonly TimeSpan ShortLife = TimeSpan.FromHours(1);

    /// <returns>False if the engine is not a database secrets engine or is not mounted, so that other checks are not useful; otherwise true.</returns>
    public async Task<bool> CheckAsync(VaultRoleReference reference, CancellationToken cancellationToken)
    {
        // The endpoint of the Vault UI, which every token with a permission below the mount can read.
        var mount = await reader.ReadAsync(VaultRequest.Get($"sys/internal/ui/mounts/{VaultRequest.Escape(reference.Mount)}"), cancellationToken).ConfigureAwait(false);
        if (mount.IsSuccess && mount.Data.Text("type") is { } type && type != "database")
        {
            findings.Error(
                FindingCode.NotADatabaseMount, InjectionAnnotation.Cluster,
                $"The secrets engine at '{reference.Mount}' in Vault has the type '{type}' and is not a database secrets engine.",
                $"Specify the mount path of the database secrets engine with '{InjectionAnnotation.Cluster}'.");
            return false;
        }

        var request = VaultRequest.Get($"{VaultRequest.Escape(reference.Mount)}/roles/{VaultRequest.EscapeName(reference.Role)}");
        var role = await reader.ReadAsync(request, cancellationToken).ConfigureAwait(false);
        if (role.IsSuccess)
            ReportTimes(reference, role.Data);
        else if (role.IsNotFound)
            findings.Error(
                FindingCode.MissingDatabaseRole, reference.RoleKey,
                $"The database secrets engine at '{reference.Mount}' has no role '{reference.Role}'.",
                $"Correct the role, or create it in Vault: vault write {reference.Mount}/roles/{reference.Role}.");
        else if (role.StatusCode != 404)
            findings.Denied(request);
        else
        {
            findings.Error(
                FindingCode.MissingMount, InjectionAnnotation.Cluster,
                $"No secrets engine is mounted at '{reference.Mount}' in Vault.",
                $"Specify the mount path of the database secrets engine with '{InjectionAnnotation.Cluster}', or mount one at this path.");
            return false;
        }

        return true;
    }

    private void ReportTimes(VaultRoleReference reference, JsonElement role)
    {
        var grace = new LeaseOptions().GracePeriod;
        var first = TimeSpan.FromSeconds(role.Int("default_ttl"));
        var last = TimeSpan.FromSeconds(role.Int("max_ttl"));
        if (first > TimeSpan.Zero && first < grace)
            findings.Add(
                FindingSeverity.Warning, FindingCode.ShortTimeToLive, reference.RoleKey,
                $"The credentials of the role '{reference.Role}' end after {VaultFindings.Time(first)} unless they are renewed earlier (default_ttl).",
                $"Set default_ttl of {reference.Mount}/roles/{reference.Role} to {VaultFindings.Time(grace)} or more, and to more than the interval between two sweeps.");
        if (last > TimeSpan.Zero && last < ShortLife)
            findings.Add(
                FindingSeverity.Warning, FindingCode.LimitedLifetime, reference.RoleKey,
                $"The credentials of the role '{reference.Role}' end after {VaultFindings.Time(last)}, however often they are renewed (max_ttl).",
                $"Set max_ttl of {reference.Mount}/roles/{reference.Role} to more than the lifetime of the pods, or rotate the credentials in time.");
        else if (last == TimeSpan.Zero)
            findings.Add(
                FindingSeverity.Information, FindingCode.LimitedLifetime, reference.RoleKey,
                $"The role '{reference.Role}' has no max_ttl, so its credentials end at the limit of the mount or of Vault (32d by default).",
                $"Set max_ttl of {reference.Mount}/roles/{reference.Role} explicitly, and rotate the credentials of longer-running workloads in time.");
    }
}
