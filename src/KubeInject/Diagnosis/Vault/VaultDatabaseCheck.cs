using System.Text.Json;
using KubeInject.Annotations;
using KubeInject.Credentials.Vault;
using KubeInject.Http;
using KubeInject.Leases;

namespace KubeInject.Diagnosis.Vault;

/// <summary>Looks at the database secrets engine: whether it is there, whether it has the role, how long its credentials last.</summary>
internal sealed class VaultDatabaseCheck(CachingVaultReader look, VaultFindings findings)
{
    /// <summary>What lasts for less than this even when it is renewed is no credential for a workload.</summary>
    private static readonly TimeSpan ShortLife = TimeSpan.FromHours(1);

    /// <returns>Whether there is such an engine, as far as that can be seen. Where there is none, nothing else makes sense.</returns>
    public async Task<bool> CheckAsync(VaultRoleReference place, CancellationToken cancellationToken)
    {
        // What the user interface asks as well: any token may that has a right below the mount. Others are told nothing.
        var mount = await look.ReadAsync(VaultRequest.Get($"sys/internal/ui/mounts/{VaultRequest.Escape(place.Mount)}"), cancellationToken).ConfigureAwait(false);
        if (mount.IsSuccess && mount.Data.Text("type") is { } type && type != "database")
        {
            findings.Error(
                FindingCode.NotADatabaseMount, InjectionAnnotation.Cluster,
                $"Vault has an engine of the type '{type}' at '{place.Mount}', and no database secrets engine.",
                $"Name the mount path of the database secrets engine with '{InjectionAnnotation.Cluster}'.");
            return false;
        }

        var question = VaultRequest.Get($"{VaultRequest.Escape(place.Mount)}/roles/{VaultRequest.EscapeName(place.Role)}");
        var role = await look.ReadAsync(question, cancellationToken).ConfigureAwait(false);
        if (role.IsSuccess)
            ReportTimes(place, role.Data);
        else if (role.IsNothing)
            findings.Error(
                FindingCode.MissingDatabaseRole, place.RoleKey,
                $"The database secrets engine at '{place.Mount}' has no role '{place.Role}'.",
                $"Correct the role, or create it in Vault: vault write {place.Mount}/roles/{place.Role}.");
        else if (role.StatusCode != 404)
            findings.Denied(question);
        else
        {
            findings.Error(
                FindingCode.MissingMount, InjectionAnnotation.Cluster,
                $"Vault has nothing mounted at '{place.Mount}'.",
                $"Name the mount path of the database secrets engine with '{InjectionAnnotation.Cluster}', or mount one there.");
            return false;
        }

        return true;
    }

    private void ReportTimes(VaultRoleReference place, JsonElement role)
    {
        var grace = new LeaseOptions().GracePeriod;
        var first = TimeSpan.FromSeconds(role.Int("default_ttl"));
        var last = TimeSpan.FromSeconds(role.Int("max_ttl"));
        if (first > TimeSpan.Zero && first < grace)
            findings.Add(
                FindingSeverity.Warning, FindingCode.ShortTimeToLive, place.RoleKey,
                $"The credentials of the role '{place.Role}' end after {VaultFindings.Time(first)} unless they are renewed before (default_ttl).",
                $"Set default_ttl of {place.Mount}/roles/{place.Role} to {VaultFindings.Time(grace)} or more, and to more than passes between two sweeps.");
        if (last > TimeSpan.Zero && last < ShortLife)
            findings.Add(
                FindingSeverity.Warning, FindingCode.LastsForALimitedTime, place.RoleKey,
                $"The credentials of the role '{place.Role}' end after {VaultFindings.Time(last)}, however often they are renewed (max_ttl).",
                $"Set max_ttl of {place.Mount}/roles/{place.Role} to more than a pod lives, or give the workload new credentials in time.");
        else if (last == TimeSpan.Zero)
            findings.Add(
                FindingSeverity.Information, FindingCode.LastsForALimitedTime, place.RoleKey,
                $"The role '{place.Role}' has no max_ttl of its own, so that its credentials end when the mount's or Vault's limit is over (32d unless it was changed).",
                $"Set max_ttl of {place.Mount}/roles/{place.Role} to what you mean, and give workloads that live longer new credentials in time.");
    }
}
