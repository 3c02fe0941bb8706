using KubeInject.Kubernetes.Objects;

namespace KubeInject.Annotations.Dialects;

/// <summary>Reads requests for database credentials from the annotations of a pod for HashiCorp's Vault Agent injector.</summary>
internal sealed class VaultAgentReader
{
    private const string Injected = "injected";

    private readonly PodTemplate pod;
    private readonly VaultAgentKeys keys;
    private readonly FindingList findings;
    private readonly List<DialectDatabase> databases = [];
    private readonly List<string> rest = [];

    private VaultAgentReader(PodTemplate pod, FindingList findings)
    {
        this.pod = pod;
        this.findings = findings;
        keys = new VaultAgentKeys(pod.Annotations);
    }

    public static DialectParseResult Read(PodTemplate pod, FindingList findings) => new VaultAgentReader(pod, findings).Read();

    private DialectParseResult Read()
    {
        DialectChecks.ReportMisspelledPrefixes(pod, InjectionDialect.VaultAgent, findings);
        DialectChecks.ReportOnWorkload(pod, InjectionDialect.VaultAgent, hasRequests: !keys.IsEmpty, findings);
        if (keys.IsEmpty)
            return new DialectParseResult { State = InjectionState.None };
        if (keys.IsFalse(VaultAgentKeys.Inject))
        {
            findings.Information(
                FindingCode.InjectorNotActivated,
                VaultAgentKeys.Key(VaultAgentKeys.Inject),
                $"Annotation {Redaction.Key(VaultAgentKeys.Key(VaultAgentKeys.Inject))} deactivates the Vault Agent injector for this pod.",
                "Set it to \"true\" if the pod needs the secrets.");
            return new DialectParseResult { State = InjectionState.None };
        }

        keys.Report(findings);
        foreach (var secret in keys.Secrets)
            Read(secret);
        ReportRest();
        VaultAgentChecks.Report(pod, keys, databases, IsInjected, findings);
        return new DialectParseResult
        {
            State = IsInjected ? InjectionState.Injected : keys.IsTrue(VaultAgentKeys.Inject) ? InjectionState.Pending : InjectionState.None,
            Databases = [.. databases.OrderBy(database => database.Injection.Name, StringComparer.Ordinal)],
            Rest = rest,
            Settings = [.. keys.PodWide.Where(name => name is not (VaultAgentKeys.Inject or VaultAgentKeys.Status))],
        };
    }

    private bool IsInjected => keys.Text(VaultAgentKeys.Status) == Injected;

    private void Read(VaultAgentSecret secret)
    {
        var template = secret.Template is { } text && !secret.HasCustomDelimiters ? new CredentialTemplate(text) : null;
        if (template?.Paths.Count > 0)
        {
            ReportOtherPath(secret, template.Paths);
            Read(secret, secret.Key(VaultAgentKeys.Template), template.Paths, template);
        }
        else if (secret.Path is { } path)
        {
            Read(secret, secret.Key(VaultAgentKeys.Secret), [path], template);
        }
        else if (secret.Template is null && secret.Text(VaultAgentKeys.TemplateFile) is not null)
        {
            NotExpressible(secret.Key(VaultAgentKeys.TemplateFile), $"The paths of secret {Redaction.Key(secret.Name)} are in a template file of the Vault Agent");
        }
        else
        {
            ReportWithoutSecret(secret);
        }
    }

    private void Read(VaultAgentSecret secret, string key, IReadOnlyList<string> paths, CredentialTemplate? template)
    {
        var found = new List<CredentialPath>();
        var others = 0;
        foreach (var path in paths)
        {
            var isWhole = key == secret.Key(VaultAgentKeys.Secret);
            if (DialectChecks.ReadPath(path, key, isWhole, findings, out var isMistaken) is { } credentials)
                found.Add(credentials);
            else if (!isMistaken)
                others++;
        }

        if (others > 0)
            NotExpressible(key, $"Secret {Redaction.Key(secret.Name)} does not consist of database credentials only");
        foreach (var path in found)
            Add(secret, path, paths.Count == 1 ? template : null, isOnly: found.Count == 1, isShared: paths.Count > 1);
    }

    private void Add(VaultAgentSecret secret, CredentialPath path, CredentialTemplate? template, bool isOnly, bool isShared)
    {
        var name = isOnly ? secret.Name : $"{secret.Name}-{path.Role}";
        var database = new DatabaseInjection { Name = Unique(name), Mount = path.Mount, Role = path.Role };
        var saysMore = false;
        if (template is not null)
        {
            database = template.Describe(database, out saysMore);
            if (template.UnknownField is { } field)
                findings.Warning(
                    FindingCode.UnknownCredentialField,
                    secret.Key(VaultAgentKeys.Template),
                    $"Template {Redaction.Key(secret.Key(VaultAgentKeys.Template))} reads the field {Redaction.Key(field)}, which database credentials do not have.",
                    "Use 'username' and 'password', directly below '.Data'.");
            else if (saysMore)
                findings.Information(
                    FindingCode.UnsupportedSetting,
                    secret.Key(VaultAgentKeys.Template),
                    $"Template {Redaction.Key(secret.Key(VaultAgentKeys.Template))} contains more than variables for username and password or for one URI.",
                    "You do not have to do anything as long as the Vault Agent injector injects the pod.");
        }

        var unsupported = string.Join(", ", template?.UnsupportedParts ?? []);
        var left = unsupported.Length > 0 ? $"The template of secret {Redaction.Key(secret.Name)} contains parts that are not converted: {unsupported}."
            : saysMore ? $"The template of secret {Redaction.Key(secret.Name)} contains more than username and password or one URI, and the rest is not converted."
            : database is { Mode: InjectionMode.Classic, UsernameVariables: [], PasswordVariables: [] } or { Mode: InjectionMode.Uri, UriVariables: [] }
                ? $"Secret {Redaction.Key(secret.Name)} is a file, but its credentials are now in variables: change the application so that it reads the variables."
                : null;
        databases.Add(new DialectDatabase(database, path.IsStatic, isShared, [.. secret.Keys], left));
    }

    private string Unique(string name)
    {
        while (databases.Any(database => database.Injection.Name == name))
            name += "-2";
        return name;
    }

    private void ReportOtherPath(VaultAgentSecret secret, IReadOnlyList<string> paths)
    {
        if (secret.Path is { } path && !paths.Contains(path.Trim('/')))
            findings.Warning(
                FindingCode.TemplateReadsOtherPath,
                secret.Key(VaultAgentKeys.Secret),
                $"The template of secret {Redaction.Key(secret.Name)} reads another path than the path in {Redaction.Key(secret.Key(VaultAgentKeys.Secret))}, and only the template has an effect.",
                "Use the same path in both.");
    }

    private void ReportWithoutSecret(VaultAgentSecret secret)
    {
        // The finding names the template, or else the first setting of the secret.
        var setting = secret.Has(VaultAgentKeys.Template) ? VaultAgentKeys.Template : secret.Settings.First();
        var key = secret.Key(setting);
        var likely = keys.Secrets.Where(other => other.IsRequested && !other.Has(setting) && other.Path is not null).Select(other => other.Name).ToList();
        var nearest = setting == VaultAgentKeys.Secret ? null : SpellingSuggester.Of(secret.Name, likely);
        var newKey = nearest is null ? null : $"{VaultAgentKeys.Key(setting)}-{nearest}";
        findings.Warning(
            FindingCode.SettingWithoutSecret,
            key,
            setting == VaultAgentKeys.Secret
                ? $"Annotation {Redaction.Key(key)} specifies no path, so no secret is read."
                : $"Annotation {Redaction.Key(key)} applies to a secret that the pod does not request.",
            newKey is not null ? $"Rename it to {Redaction.Key(newKey)} if it applies to that secret."
                : $"Specify the path with {Redaction.Key(secret.Key(VaultAgentKeys.Secret))}.",
            newKey is null || likely.Count != 1 ? null : DialectChecks.Rename(key, newKey));
        if (secret.Template is not null)
            rest.Add($"The template of {Redaction.Key(secret.Name)} does not name a secret to read.");
    }

    private void ReportRest()
    {
        if (keys.Has(VaultAgentKeys.ConfigMap))
            NotExpressible(VaultAgentKeys.Key(VaultAgentKeys.ConfigMap), "The pod also has settings in a ConfigMap of the Vault Agent");
        if (keys.IsTrue(VaultAgentKeys.Token))
            rest.Add("The pod gets the token of the Vault Agent.");
        if (keys.IsTrue(VaultAgentKeys.Cache))
            rest.Add("The pod uses the Vault Agent as a cache.");
    }

    private void NotExpressible(string key, string what)
    {
        findings.Information(
            FindingCode.UnsupportedSetting, key, $"{what}, and only the Vault Agent injector can process this.", "You do not have to do anything as long as that injector injects the pod.");
        rest.Add($"{what}, so the Vault Agent injector is still required.");
    }
}
