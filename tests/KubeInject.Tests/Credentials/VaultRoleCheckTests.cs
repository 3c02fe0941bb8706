using System.Text.Json;
using KubeInject.Credentials.Vault;

namespace KubeInject.Tests.Credentials;

/// <summary>A role of the Kubernetes auth method is evaluated as Vault and OpenBao evaluate it.</summary>
public sealed class VaultRoleCheckTests
{
    private static readonly Dictionary<string, string> Labels = new() { ["team"] = "sales" };

    [Theory]
    [InlineData("*", true)]
    [InlineData("ord*", true)]
    [InlineData("*ers", true)]
    [InlineData("o*d*s", true)]
    [InlineData("orders*", true)]
    [InlineData("orders", true)]
    [InlineData("ord", false)]
    [InlineData("ord?rs", false)]
    [InlineData("*ord", false)]
    [InlineData("Ord*", false)]
    [InlineData("ord.*", false)]
    public void A_star_in_a_bound_name_matches_any_text(string pattern, bool isBound)
    {
        Assert.Equal(isBound ? "" : "ServiceAccount", Problems(new { bound_service_account_names = new[] { pattern }, bound_service_account_namespaces = new[] { "orders" } }));
        Assert.Equal(isBound ? "" : "Namespace", Problems(new { bound_service_account_names = new[] { "orders" }, bound_service_account_namespaces = new[] { pattern } }));
    }

    [Theory]
    [InlineData("""{"matchLabels":{"team":"sales"}}""", "")]
    [InlineData("matchLabels:\n  team: sales\n", "")]
    [InlineData("matchExpressions: [{key: team, operator: In, values: [sales, shop]}]", "")]
    [InlineData("matchExpressions: [{key: team, operator: DoesNotExist}]", "Namespace")]
    [InlineData("matchLabels: {team: other}", "Namespace")]
    [InlineData("matchLabels: [", "Namespace")]
    public void A_namespace_can_be_selected_by_its_labels(string selector, string problem)
    {
        var role = new { bound_service_account_names = new[] { "orders" }, bound_service_account_namespaces = new[] { "other" }, bound_service_account_namespace_selector = selector };
        Assert.Equal(problem, Problems(role, Labels));
    }

    [Fact]
    public void A_selector_is_not_checked_without_the_labels_and_not_used_for_a_namespace_that_is_bound_by_name()
    {
        const string Selector = "matchLabels: {team: other}";
        Assert.Equal("UncheckedNamespace", Problems(new { bound_service_account_names = new[] { "*" }, bound_service_account_namespace_selector = Selector }));
        Assert.Equal("", Problems(new { bound_service_account_names = new[] { "*" }, bound_service_account_namespaces = new[] { "orders" }, bound_service_account_namespace_selector = Selector }));
    }

    private static string Problems(object role, IReadOnlyDictionary<string, string>? labels = null) => string.Join(' ',
        VaultRoleCheck.ProblemsOf(JsonSerializer.SerializeToElement(role), "orders", "kubernetes", "orders", "orders", labels)
            .Select(problem => problem.Kind).Where(kind => kind != VaultRoleProblemKind.Policy));
}
