using KubeInject.Credentials.PostgreSql;
using KubeInject.Testing;
using KubeInject.Testing.Sweeps;

namespace KubeInject.IntegrationTests.Leases;

/// <summary>The random histories of sweeps, with login roles of a real PostgreSQL.</summary>
public sealed class PostgreSqlSweepModelTests
{
    private const int Histories = 300;
    private const int Steps = 15;

    [Fact]
    public async Task After_each_history_exactly_the_valid_credentials_have_a_login_role()
    {
        var role = await TestDatabase.CreateRoleAsync();
        using var issuer = new PostgreSqlIssuer(new PostgreSqlOptions { ConnectionString = TestDatabase.Superuser });
        var revocations = 0;
        await Parallel.ForAsync(0, Histories, async (index, _) =>
        {
            try
            {
                var history = await SweepHistory.RunAsync(TestSeed.Value + index, issuer, role, Steps);
                foreach (var (uuid, isAlive) in history.Credentials)
                    Assert.Equal((uuid, isAlive), (uuid, await TestDatabase.HasRoleAsync(RoleName.Of(uuid, role))));
                Interlocked.Add(ref revocations, history.Revocations);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"{TestSeed.Hint} History {index}: {exception.Message}", exception);
            }
        });

        Assert.True(revocations > Histories, $"Only {revocations} credentials were revoked.");
    }
}
