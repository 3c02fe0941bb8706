using KubeInject.Diagnosis.Vault;

namespace KubeInject.Tests.Diagnosis;

/// <summary>Whether a Vault policy grants read access to a path; a policy that is not understood gives no result.</summary>
public sealed class VaultPolicyTextTests
{
    private const string Path = "databases/creds/orders-rw";

    [Theory]
    [InlineData("""path "databases/creds/orders-rw" { capabilities = ["read"] }""", true)]
    [InlineData("""path "databases/creds/*" { capabilities = ["create", "read"] }""", true)]
    [InlineData("""path "databases/creds/orders-*" { capabilities = ["read"] }""", true)]
    [InlineData("""path "databases/+/orders-rw" { capabilities = ["read"] }""", true)]
    [InlineData("""path "+/creds/*" { capabilities = ["read"] }""", true)]
    [InlineData("path \"databases/creds/orders-rw\" {\n  # by hand\n  capabilities = [\n    \"read\",\n  ]\n}\n", true)]
    [InlineData("""path "databases/creds/orders-rw" { capabilities = ["list"] }""", false)]
    [InlineData("""path "databases/creds/orders-rw" { capabilities = ["read", "deny"] }""", false)]
    [InlineData("""path "databases/creds/orders" { capabilities = ["read"] }""", false)]
    [InlineData("""path "databases/creds/orders-rw/more" { capabilities = ["read"] }""", false)]
    [InlineData("""path "databases/+" { capabilities = ["read"] }""", false)]
    [InlineData("", false)]
    [InlineData("""# path "databases/creds/orders-rw" { capabilities = ["read"] }""", false)]
    public void A_path_is_readable_if_a_rule_matches_it_and_grants_read(string policy, bool expected) =>
        Assert.Equal(expected, VaultPolicyText.LetsRead(policy, Path));

    [Theory]
    [InlineData("""path "databases/creds/*" { capabilities = ["deny"] } path "databases/creds/orders-rw" { capabilities = ["read"] }""", true)]
    [InlineData("""path "databases/creds/*" { capabilities = ["read"] } path "databases/creds/orders-rw" { capabilities = ["deny"] }""", false)]
    public void The_most_specific_rule_wins(string policy, bool expected) =>
        Assert.Equal(expected, VaultPolicyText.LetsRead(policy, Path));

    [Theory]
    [InlineData("""{"path": {"databases/creds/orders-rw": {"capabilities": ["read"]}}}""")]
    [InlineData("""path "databases/creds/orders-rw" { policy = "read" }""")]
    [InlineData("""path "databases/*" { capabilities = ["read"] } path "databases/creds/*" { capabilities = ["deny"] }""")]
    [InlineData("""path "databases/creds/*" { capabilities = ["read"] allowed_parameters = { "*" = [] } }""")]
    public void A_policy_that_is_not_fully_understood_gives_an_unknown_result(string policy) =>
        Assert.Null(VaultPolicyText.LetsRead(policy, Path));
}
