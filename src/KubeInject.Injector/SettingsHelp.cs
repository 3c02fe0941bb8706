namespace KubeInject.Injector;

/// <summary>What help says of settings.</summary>
internal static class SettingsHelp
{
    public const string Text = """
        Settings:
          Whatever says where credentials come from can be set by option, by environment variable or in the file of --config,
          in this order, under the same name: --vault-address, KUBEINJECT_VAULT_ADDRESS, 'vault-address: …'. The variables
          that Vault's and PostgreSQL's own programs know (VAULT_ADDR, VAULT_TOKEN, PGHOST, PGPASSWORD, …) come after
          KUBEINJECT_…. A list is a list in the file, one item a line in a variable, and an option given several times.
          Secrets are no options, for everybody on the machine can read command lines: name their file (--vault-token-file),
          or set the variable (KUBEINJECT_VAULT_TOKEN) or the key ('vault-token: …').

        """;
}
