using System.Management.Automation;
using KubeInject.Cmdlets.Completion;
using KubeInject.Cmdlets.Pipeline;

namespace KubeInject.Tests.Cmdlets;

/// <summary>Every parameter has completion, or a reason why not.</summary>
/// <remarks>The assembly that cmdlets are compiled against has only declarations, so attributes are read and never created.</remarks>
public sealed class CompletionTests
{
    // PowerShell completes these itself.
    private const string File = "a path";
    private const string Choice = "a choice";

    // These values are unknown or secret.
    private const string Own = "the user's own";
    private const string Secret = "secret";
    private const string Number = "a number";
    private const string Piped = "from the pipeline";
    private const string Script = "a script";
    private const string OfVault = "known only to Vault";

    /// <summary>The completion of each parameter in every cmdlet, unless another line overrides it for one cmdlet.</summary>
    private static readonly Dictionary<string, string> Table = new()
    {
        ["AllowedRole"] = nameof(RequestedValueCompleter),
        ["AppRoleMount"] = OfVault,
        ["Audience"] = Own,
        ["AuthMount"] = OfVault,
        ["CertificateAuthority"] = File,
        ["ClientCertificate"] = File,
        ["ClientKey"] = File,
        ["Code"] = nameof(FindingCodeCompleter),
        ["Connection"] = nameof(VariableCompleter),
        ["Context"] = nameof(ContextCompleter),
        ["CreationStatement"] = Own,
        ["Credential"] = Secret,
        ["CredentialSource"] = nameof(VariableCompleter),
        ["Database"] = nameof(DatabaseCompleter),
        ["Data"] = Secret,
        ["DefaultMount"] = nameof(RequestedValueCompleter),
        ["Delivery"] = Choice,
        ["Dialect"] = Choice,
        ["EnvPassword"] = nameof(RequestedValueCompleter),
        ["EnvUri"] = nameof(RequestedValueCompleter),
        ["EnvUsername"] = nameof(RequestedValueCompleter),
        ["ExcludeCode"] = nameof(FindingCodeCompleter),
        ["ExpirationSeconds"] = Number,
        ["FailurePolicy"] = Choice,
        ["FieldSelector"] = nameof(FieldSelectorCompleter),
        ["First"] = Number,
        ["FromDialect"] = Choice,
        ["GracePeriod"] = Number,
        ["Image"] = Own,
        ["ImpersonateGroup"] = Own,
        ["ImpersonateUid"] = Own,
        ["ImpersonateUser"] = Own,
        ["InjectorLabel"] = Own,
        ["InputObject"] = Piped,
        ["Key"] = Own,
        ["KubeConfig"] = File,
        ["KubeSecret"] = nameof(SecretNameCompleter),
        ["KubernetesAuthRole"] = OfVault,
        ["LabelSelector"] = nameof(LabelSelectorCompleter),
        ["Lease"] = Piped,
        ["LeaseMount"] = OfVault,
        ["LeaseNamespace"] = nameof(NamespaceCompleter),
        ["LeasePath"] = File,
        ["LeasePrefix"] = OfVault,
        ["LiteralPath"] = File,
        ["Metadata"] = Own,
        ["MinimumSeverity"] = Choice,
        ["Mode"] = Choice,
        ["Mount"] = nameof(RequestedValueCompleter),
        ["Name"] = nameof(ObjectNameCompleter),
        ["Get-KubeContext -Name"] = nameof(ContextCompleter),
        ["New-CredentialSource -Name"] = Own,
        ["Namespace"] = nameof(NamespaceCompleter),
        ["NamespaceLabel"] = Own,
        ["OutputDirectory"] = File,
        ["PasswordAuthentication"] = Choice,
        ["PasswordKey"] = Own,
        ["Path"] = File,
        ["Pod"] = nameof(LeaseOwnerCompleter),
        ["PostgreSql"] = Own,
        ["ProxyUri"] = Own,
        ["ReassignOwnedTo"] = nameof(RequestedValueCompleter),
        ["RenewalStatement"] = Own,
        ["ReplicaCount"] = Number,
        ["RevocationStatement"] = Own,
        ["RevokeScriptBlock"] = Script,
        ["Role"] = nameof(RequestedValueCompleter),
        ["RoleId"] = OfVault,
        ["ScriptBlock"] = Script,
        ["SecretId"] = Secret,
        ["Server"] = nameof(ContextCompleter),
        ["ServerName"] = nameof(ServerNameCompleter),
        ["ServiceAccount"] = nameof(ServiceAccountCompleter),
        ["ServiceAccountPath"] = File,
        ["Setting"] = Own,
        ["State"] = Choice,
        ["Template"] = Own,
        ["ThrottleLimit"] = Number,
        ["TimeToLive"] = Number,
        ["TimeoutSec"] = Number,
        ["TlsServerName"] = Own,
        ["Token"] = Secret,
        ["TokenFile"] = File,
        ["TokenPeriod"] = Number,
        ["UsernameKey"] = Own,
        ["Type"] = Own,
        ["Uuid"] = nameof(LeaseCompleter),
        ["Vault"] = Own,
        ["VaultNamespace"] = OfVault,
        ["Workload"] = nameof(WorkloadCompleter),
        ["Get-CredentialLease -Workload"] = nameof(LeaseOwnerCompleter),
    };

    private static readonly (string Cmdlet, string Name, Type Type, string? Completer)[] Parameters =
    [
        .. from type in typeof(KubeCmdlet).Assembly.GetTypes()
           let cmdlet = type.CustomAttributes.FirstOrDefault(attribute => attribute.AttributeType == typeof(CmdletAttribute))
           where cmdlet is not null
           from property in type.GetProperties()
           where property.CustomAttributes.Any(attribute => attribute.AttributeType == typeof(ParameterAttribute)) && property.PropertyType != typeof(SwitchParameter)
           let completer = property.CustomAttributes.FirstOrDefault(attribute => attribute.AttributeType == typeof(ArgumentCompleterAttribute))
           select ($"{cmdlet.ConstructorArguments[0].Value}-{cmdlet.ConstructorArguments[1].Value}", property.Name, property.PropertyType, ((Type?)completer?.ConstructorArguments[0].Value)?.Name),
    ];

    public static TheoryData<string> Names => [.. Parameters.Select(parameter => $"{parameter.Cmdlet} -{parameter.Name}")];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_parameter_completes_as_the_table_specifies(string parameter)
    {
        var (_, name, type, completer) = Parameters.Single(one => $"{one.Cmdlet} -{one.Name}" == parameter);

        Assert.True(Table.TryGetValue(parameter, out var expected) || Table.TryGetValue(name, out expected), "Decide how to complete it, and add it to the table.");
        Assert.Equal(expected!.EndsWith("Completer", StringComparison.Ordinal) ? expected : null, completer);
        if (expected == Choice)
        {
            var element = type.GetElementType() ?? Nullable.GetUnderlyingType(type) ?? type;
            Assert.True(element.IsEnum, $"{element} is no choice.");
        }
    }

    [Fact]
    public void Every_parameter_in_the_table_exists() =>
        Assert.Empty(Table.Keys.Except(Parameters.SelectMany(parameter => new[] { parameter.Name, $"{parameter.Cmdlet} -{parameter.Name}" })));
}
