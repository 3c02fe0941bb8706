using KubeInject.Kubernetes.Objects;

namespace KubeInject.Annotations.Dialects;

/// <summary>Reads requests for database credentials from the Bank-Vaults annotations and variables of a pod.</summary>
internal sealed class BankVaultsReader
{
    // The init containers that vault-secrets-webhook and its successor add.
    private static readonly string[] InitContainers = ["copy-vault-env", "copy-secret-init"];

    // Settings for a path whose fields all become variables, and for the configuration of the agent or consul-template.
    private static readonly string[] FromPath = ["vault-env-from-path", "vault-from-path", "bao-from-path"];
    private static readonly string[] ConfigMaps = ["vault-agent-configmap", "vault-ct-configmap", "bao-agent-configmap", "bao-ct-configmap"];
    private static readonly string[] Daemon = ["secret-init-daemon", "vault-env-daemon"];

    private readonly PodTemplate pod;
    private readonly BankVaultsKeys keys;
    private readonly FindingList findings;
    private readonly SortedDictionary<string, BankVaultsUsage> uses = new(StringComparer.Ordinal);
    private readonly List<string> others = [];
    private readonly List<string> rest = [];
    private bool hasRequests;

    private BankVaultsReader(PodTemplate pod, FindingList findings)
    {
        this.pod = pod;
        this.findings = findings;
        keys = new BankVaultsKeys(pod.Annotations);
    }

    public static DialectParseResult Read(PodTemplate pod, FindingList findings) => new BankVaultsReader(pod, findings).Read();

    private DialectParseResult Read()
    {
        var variables = pod.Containers.SelectMany(container => container.VaultVariables.Select(variable => (container, variable))).ToList();
        hasRequests = variables.Count > 0;
        DialectChecks.ReportMisspelledPrefixes(pod, InjectionDialect.BankVaults, findings);
        DialectChecks.ReportOnWorkload(pod, InjectionDialect.BankVaults, hasRequests: hasRequests || keys.All.Count > 0, findings);
        if (keys.IsSkipped)
        {
            ReportSkipped(variables);
            return new DialectParseResult { State = InjectionState.None };
        }

        keys.Report(findings);
        foreach (var (container, variable) in variables)
            Read(container, variable);
        ReadFromPath();
        ReportOthers();
        ReportConfigMaps();
        ReportNothing();
        var databases = Databases();
        ReportLease(databases);
        return new DialectParseResult
        {
            State = pod.Containers.Any(container => container.IsInit && InitContainers.Contains(container.Name)) ? InjectionState.Injected
                : hasRequests ? InjectionState.Pending
                : InjectionState.None,
            Databases = databases,
            Rest = rest,
            Settings = [.. keys.All.Select(key => key[(key.IndexOf('/', StringComparison.Ordinal) + 1)..])],
        };
    }

    private void Read(PodContainer container, VaultVariable variable)
    {
        if (VaultReference.IsOther(variable))
        {
            others.Add(variable.Name);
            return;
        }

        var paths = new List<CredentialPath?>();
        foreach (var reference in VaultReference.In(variable.Reference))
        {
            if (Read(variable, reference) is var (path, isMistaken) && !isMistaken)
                paths.Add(path);
        }

        if (paths.Count == 0)
            return;
        if (paths.All(path => path is null))
            others.Add(variable.Name);
        else if (paths[0] is { } only && paths.All(path => path == only))
            UseOf(only).Add(container.Name, variable.Name, VaultReference.WithPlaceholders(variable.Reference));
        else
            NotExpressible(variable.Name, $"Variable {Redaction.Key(variable.Name)} combines several secrets");
    }

    private (CredentialPath? Path, bool IsMistaken) Read(VaultVariable variable, VaultReference reference)
    {
        if (reference.Key is null)
        {
            findings.Error(
                FindingCode.ReferenceWithoutKey,
                variable.Name,
                $"Variable {Redaction.Key(variable.Name)} does not specify a field, so its container does not start.",
                "Add '#' and the field after the path, as in 'vault:database/creds/orders#username'.");
            return (null, true);
        }

        if (DialectChecks.ReadPath(reference.Path, variable.Name, isWhole: false, findings, out var isMistaken) is not { } path)
            return (null, isMistaken);
        if (reference.IsWrite)
            findings.Error(
                FindingCode.CredentialsWritten,
                variable.Name,
                $"Variable {Redaction.Key(variable.Name)} writes to the path of credentials, which is read-only.",
                "Remove '>>'.");
        if (reference.IsVersioned)
            findings.Warning(
                FindingCode.VersionedCredentials,
                variable.Name,
                $"Variable {Redaction.Key(variable.Name)} specifies a version, but credentials have no versions, and a reference with another version reads them again.",
                "Remove the second '#' and the version after it.");
        if (reference.Field is not { } field || CredentialTemplate.IsField(field))
            return (path, false);
        findings.Warning(
            FindingCode.UnknownCredentialField,
            variable.Name,
            $"Variable {Redaction.Key(variable.Name)} refers to a field that database credentials do not have.",
            "Use 'username' or 'password'.");
        UseOf(path);
        return (path, true);
    }

    private void ReadFromPath()
    {
        if (keys.Find(FromPath) is not var (key, list))
            return;
        hasRequests = true;
        var hasOthers = false;
        foreach (var item in list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (DialectChecks.ReadPath(item.Split('#')[0], key, isWhole: false, findings, out var isMistaken) is not { } path)
            {
                hasOthers |= !isMistaken;
                continue;
            }

            foreach (var container in pod.Containers.Select(container => container.Name).DefaultIfEmpty(""))
            {
                UseOf(path).Add(container, "username", CredentialVariables.User);
                UseOf(path).Add(container, "password", CredentialVariables.Password);
            }
        }

        if (hasOthers)
            NotExpressible(key, $"Annotation {Redaction.Key(key)} names secrets that are not database credentials");
    }

    private BankVaultsUsage UseOf(CredentialPath path)
    {
        // The role comes first, because the database gets the name of the role.
        var key = $"{path.Role} {path.Mount} {path.IsStatic}";
        if (!uses.TryGetValue(key, out var use))
            uses.Add(key, use = new BankVaultsUsage(path));
        return use;
    }

    private DialectDatabase[] Databases()
    {
        var databases = new List<DialectDatabase>();
        foreach (var use in uses.Values)
        {
            ReportApart(use);
            var name = use.Path.Role;
            if (databases.Any(database => database.Injection.Name == name))
                name = $"{name}-{use.Path.Mount.Replace('/', '-')}";
            while (databases.Any(database => database.Injection.Name == name))
                name += "-2";
            databases.Add(Database(use, name));
        }

        return [.. databases.OrderBy(database => database.Injection.Name, StringComparer.Ordinal)];
    }

    private DialectDatabase Database(BankVaultsUsage use, string name)
    {
        var database = use.Variables.In(new DatabaseInjection { Name = name, Mount = use.Path.Mount, Role = use.Path.Role });
        var isLost = database is { UsernameVariables: [], PasswordVariables: [], UriVariables: [] };
        if (use.Variables.HasMore)
            NotExpressible(use.Variable, $"Role {Redaction.Key(use.Path.Role)} is used in a form other than username and password or one URI");
        var without = pod.Containers.Select(container => container.Name).Except(use.Containers, StringComparer.Ordinal).Select(Redaction.Key).ToList();
        var left = without.Count == 0 ? null
            : $"Every container now gets the variables of role {Redaction.Key(use.Path.Role)}, including {string.Join(", ", without)}.";
        return new DialectDatabase(database, use.Path.IsStatic, isLost, [], left);
    }

    private void ReportApart(BankVaultsUsage use)
    {
        if (use.Apart() is var (variable, container, other))
            findings.Warning(
                FindingCode.SplitCredentials,
                variable,
                $"Container {Redaction.Key(container)} has the password of role {Redaction.Key(use.Path.Role)} and container {Redaction.Key(other)} has the username, but each container reads separate credentials.",
                "Add both variables to each container.");
    }

    private void ReportSkipped(List<(PodContainer Container, VaultVariable Variable)> variables)
    {
        if (keys.Find("mutate") is var (key, _) && variables.Count > 0)
            findings.Warning(
                FindingCode.InjectorNotActivated,
                key,
                $"Because of {Redaction.Key(key)}, the Bank-Vaults webhook ignores the pod and does not replace the values of {Names(variables.Select(pair => pair.Variable.Name))}.",
                "Remove the annotation, or set the variables to other values.");
    }

    private void ReportOthers()
    {
        if (others.Count > 0)
            NotExpressible(others[0], $"Values that are not database credentials are in {Names(others)}");
    }

    private void ReportConfigMaps()
    {
        if (keys.Find(ConfigMaps) is not var (key, _))
            return;
        hasRequests = true;
        NotExpressible(key, "The pod also has settings in a ConfigMap");
    }

    private void ReportNothing()
    {
        // A ConfigMap or Secret can also contain references. Metadata without a spec shows no variables.
        if (pod.HasSpec && !hasRequests && keys.All.Count > 0 && !pod.Containers.Any(container => container.VariableSources.Count > 0))
            findings.Warning(
                FindingCode.NothingToInject,
                keys.All.First(),
                "The pod has annotations for the Bank-Vaults webhook, but no variable of its containers has a value that starts with 'vault:'.",
                "Add such a variable, or remove the annotations, unless a variable gets such a value from a ConfigMap or Secret.");
    }

    private void ReportLease(DialectDatabase[] databases)
    {
        var daemon = keys.Find(Daemon);
        if (DialectChecks.RunsToEnd(pod) || databases.All(database => database.IsStatic) || (daemon is var (_, value) && VaultAgentKeys.ParseBoolean(value) == true))
            return;
        var key = daemon?.Key ?? (keys.All.Any(name => name.StartsWith(DialectKey.SecretsWebhookPrefix, StringComparison.Ordinal))
            ? DialectKey.SecretsWebhookPrefix + Daemon[0]
            : DialectKey.BankVaultsPrefix + Daemon[1]);
        findings.Add(
            daemon is null ? FindingSeverity.Information : FindingSeverity.Warning,
            FindingCode.LeaseNotRenewed,
            key,
            $"Without {Redaction.Key(key)}, the lease of the credentials is not renewed after the container has started.",
            daemon is null ? "Set it to \"true\", unless that is the default of the webhook." : "Set it to \"true\".");
    }

    private void NotExpressible(string key, string what)
    {
        findings.Information(
            FindingCode.UnsupportedSetting, key, $"{what}, and only the Bank-Vaults webhook can process this.", "You do not have to do anything as long as that webhook injects the pod.");
        rest.Add($"{what}, so the Bank-Vaults webhook is still required.");
    }

    private static string Names(IEnumerable<string> variables) => string.Join(", ", variables.Distinct(StringComparer.Ordinal).Select(Redaction.Key));
}
