namespace KubeInject.Injector;

/// <summary>What help says of settings.</summary>
internal static class SettingsHelp
{
    public const string Text = """
        Settings:
          Whatever says where credentials come from can be set by option, by environment variable or in the file of --config,
          in this order, under the same name: --vault-address, KUBEINJECT_VAULT_ADDRESS, 'vault-address: …'. The variables
          that Vault's own command line knows (VAULT_ADDR, VAULT_TOKEN, VAULT_CACERT, …) come after KUBEINJECT_….
          Secrets are no options, for everybody on the machine can read command lines: name their file (--vault-token-file),
          or set the variable (KUBEINJECT_VAULT_TOKEN) or the key ('vault-token: …').

        """;
}
