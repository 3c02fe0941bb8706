namespace KubeInject.Injector;

/// <summary>The help text about settings.</summary>
internal static class SettingsHelp
{
    public const string Text = """
        Settings:
          Specify a setting as an option, as an environment variable, or in the file of --config. The first of these that is
          set is used. The names match: --vault-address, KUBEINJECT_VAULT_ADDRESS, 'vault-address: …'. The environment
          variables of Vault and PostgreSQL clients (VAULT_ADDR, VAULT_TOKEN, PGHOST, PGPASSWORD, …) are used if
          KUBEINJECT_… is not set. To specify a list, repeat the option, write one item per line in the variable, or write a
          list in the file. Secrets are not options, because every user of the machine can read command lines: specify the
          file of the secret (--vault-token-file), or set the variable (KUBEINJECT_VAULT_TOKEN) or the key ('vault-token: …').

        """;
}
