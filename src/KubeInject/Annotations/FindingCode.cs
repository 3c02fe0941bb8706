namespace KubeInject.Annotations;

/// <summary>The stable codes of findings. A code that was ever released keeps its meaning for good.</summary>
/// <remarks>
/// KI000: nothing can be said of the manifest. KI0xx: what a document shows. KI05x and KI06x: other injectors' words. KI1xx: what a cluster shows. KI2xx: what Vault shows.
/// </remarks>
public static class FindingCode
{
    /// <summary>A manifest that cannot be read, in a report of many.</summary>
    public const string UnreadableManifest = "KI000";

    /// <summary>A key without a dot that the contract does not know.</summary>
    public const string UnknownKey = "KI001";

    /// <summary>A setting of a database that the contract does not know.</summary>
    public const string UnknownSetting = "KI002";

    /// <summary>A database without a role, on a pod without a role for all.</summary>
    public const string MissingRole = "KI003";

    /// <summary>A key with nothing between the prefix and the first dot.</summary>
    public const string EmptyDatabaseName = "KI004";

    /// <summary>A mode that is neither <c>classic</c> nor <c>uri</c>.</summary>
    public const string UnknownMode = "KI005";

    /// <summary>A database in uri mode without a template.</summary>
    public const string MissingTemplate = "KI006";

    /// <summary>A database in uri mode without a variable for the URI.</summary>
    public const string MissingUriVariable = "KI007";

    /// <summary>A template that is not a URI with an authority.</summary>
    public const string InvalidTemplate = "KI008";

    /// <summary>A name that Kubernetes does not accept for an environment variable.</summary>
    public const string InvalidVariableName = "KI009";

    /// <summary>A variable that is asked for twice.</summary>
    public const string DuplicateVariable = "KI010";

    /// <summary>A variable that containers declare already, and whose value the injection replaces.</summary>
    public const string ReplacedVariable = "KI011";

    /// <summary>Injection annotations on a workload's own metadata, where no injector looks.</summary>
    public const string AnnotationsOnWorkload = "KI012";

    /// <summary>A pod with injection annotations and without the label.</summary>
    public const string MissingLabel = "KI013";

    /// <summary>A pod with injection annotations whose label is not <c>true</c>.</summary>
    public const string LabelNotTrue = "KI014";

    /// <summary>A pod with the label and without any injection annotation.</summary>
    public const string LabelWithoutAnnotations = "KI015";

    /// <summary>An annotation of version 1, for which a pod is left alone.</summary>
    public const string VersionOneLeftover = "KI016";

    /// <summary>More or fewer UUIDs than databases.</summary>
    public const string UuidCountMismatch = "KI017";

    /// <summary>An entry among the UUIDs that is not a UUID.</summary>
    public const string InvalidUuid = "KI018";

    /// <summary>A UUID in an annotation of its database, as the in-cluster injector's manual has it.</summary>
    public const string LegacyUuid = "KI019";

    /// <summary>The pod-wide <c>mode</c>, which nothing reads.</summary>
    public const string ModeWithoutEffect = "KI020";

    /// <summary>A setting that has no effect in the database's mode.</summary>
    public const string SettingOfOtherMode = "KI021";

    /// <summary>Settings for all databases on a pod that asks for none.</summary>
    public const string NoDatabase = "KI022";

    /// <summary>A variable by default, for which the in-cluster injector would use an empty name.</summary>
    public const string DefaultedVariable = "KI023";

    /// <summary>A template with placeholders, which the in-cluster injector refuses.</summary>
    public const string PlaceholderTemplate = "KI024";

    /// <summary>A template with a userinfo of its own, which the issued credentials replace.</summary>
    public const string ReplacedUserInfo = "KI025";

    /// <summary>A list of variables with an empty item, which is skipped.</summary>
    public const string EmptyListItem = "KI026";

    /// <summary>A label or annotation whose value is no string in the manifest, which the API server refuses.</summary>
    public const string ValueNotString = "KI027";

    /// <summary>A key whose prefix is the contract's but for a letter or two.</summary>
    public const string MisspeltPrefix = "KI028";

    /// <summary>A pod with injection annotations whose label's key is misspelt.</summary>
    public const string MisspeltLabel = "KI029";

    /// <summary>A role with blanks in it or around it.</summary>
    public const string BlankInRole = "KI030";

    /// <summary>A variable that containers take from a ConfigMap or Secret (<c>envFrom</c>), and which the injected one hides.</summary>
    public const string ShadowedVariable = "KI031";

    /// <summary>A template whose port is that of another kind of database than its scheme.</summary>
    public const string PortOfOtherScheme = "KI032";

    /// <summary>An init container that gets a URI of a proxy in the pod that does not run yet.</summary>
    public const string ProxyNotRunning = "KI033";

    /// <summary>Annotations of more than one injector on one pod.</summary>
    public const string SeveralInjectors = "KI034";

    /// <summary>A template that is a URI and names no host.</summary>
    public const string TemplateWithoutHost = "KI035";

    /// <summary>Another injector is told what to do, and not that it shall do it, or that it shall not.</summary>
    public const string InjectorNotSwitchedOn = "KI050";

    /// <summary>A pod for the Vault Agent without a role to log in to Vault with.</summary>
    public const string AgentWithoutRole = "KI051";

    /// <summary>A key with another injector's prefix that this injector does not know.</summary>
    public const string UnknownDialectKey = "KI052";

    /// <summary>A key whose prefix is another injector's but for one letter.</summary>
    public const string MisspeltDialectPrefix = "KI053";

    /// <summary>A key of the Vault Agent that is about one secret, and names none.</summary>
    public const string NamelessSecret = "KI054";

    /// <summary>A setting of a secret that the pod does not ask for.</summary>
    public const string SettingWithoutSecret = "KI055";

    /// <summary>A path in a database secrets engine where no credentials are read from.</summary>
    public const string NotACredentialPath = "KI056";

    /// <summary>A path in Vault with the version of the HTTP API in front.</summary>
    public const string ApiVersionInPath = "KI057";

    /// <summary>A template that reads another path than the annotation of its secret names.</summary>
    public const string TemplateReadsOtherPath = "KI058";

    /// <summary>A field that database credentials do not have.</summary>
    public const string UnknownCredentialField = "KI059";

    /// <summary>What another injector is told, and a <see cref="PodInjection"/> has no word for.</summary>
    public const string NotExpressible = "KI060";

    /// <summary>A value that is neither true nor false where one of the two has to stand.</summary>
    public const string NotABoolean = "KI061";

    /// <summary>Credentials with a lease that nobody renews.</summary>
    public const string LeaseNotRenewed = "KI062";

    /// <summary>Init containers that run before the secrets are there.</summary>
    public const string InitContainerBeforeSecrets = "KI063";

    /// <summary>A container that is named in an annotation, and that the pod does not have.</summary>
    public const string UnknownContainer = "KI064";

    /// <summary>A reference to Vault that does not say which field it wants.</summary>
    public const string ReferenceWithoutKey = "KI065";

    /// <summary>A reference that writes to the path of credentials, which is read-only.</summary>
    public const string CredentialsWritten = "KI066";

    /// <summary>A version of credentials, which have none.</summary>
    public const string VersionedCredentials = "KI067";

    /// <summary>Username and password in different containers, so that they belong to different credentials.</summary>
    public const string CredentialsApart = "KI068";

    /// <summary>Another injector is switched on for a pod that asks it for nothing.</summary>
    public const string NothingToInject = "KI069";

    /// <summary>A mount path at which Vault has nothing.</summary>
    public const string MissingMount = "KI201";

    /// <summary>A mount of Vault that is no database secrets engine.</summary>
    public const string NotADatabaseMount = "KI202";

    /// <summary>A database role that Vault does not have.</summary>
    public const string MissingDatabaseRole = "KI203";

    /// <summary>A path at which Vault has no auth method.</summary>
    public const string MissingAuthMethod = "KI204";

    /// <summary>A role that the Kubernetes auth method of Vault does not have.</summary>
    public const string MissingAuthRole = "KI205";

    /// <summary>A role in Vault that is not bound to the pod's ServiceAccount.</summary>
    public const string UnboundServiceAccount = "KI206";

    /// <summary>A role in Vault that is not bound to the pod's namespace.</summary>
    public const string UnboundNamespace = "KI207";

    /// <summary>A role in Vault that does not give the policy of its name.</summary>
    public const string PolicyNotGiven = "KI208";

    /// <summary>A policy that Vault does not have.</summary>
    public const string MissingPolicy = "KI209";

    /// <summary>A policy of Vault that does not let the credentials be read.</summary>
    public const string PolicyWithoutCredentials = "KI210";

    /// <summary>A role in Vault whose tokens cannot be renewed for as long as a pod lives.</summary>
    public const string NoTokenPeriod = "KI211";

    /// <summary>A role in Vault whose tokens no lease can be issued with.</summary>
    public const string UnfitTokens = "KI212";

    /// <summary>A database role whose credentials end before anybody renews them.</summary>
    public const string ShortTimeToLive = "KI213";

    /// <summary>A database role whose credentials end soon, however often they are renewed.</summary>
    public const string LastsForALimitedTime = "KI214";

    /// <summary>Something in Vault that the own login may not read.</summary>
    public const string UnknownToVaultUser = "KI215";

    /// <summary>A Vault that could not be asked.</summary>
    public const string VaultUnavailable = "KI216";

    /// <summary>No webhook of the cluster is an injector that acts on the pod's annotations.</summary>
    public const string NoInjector = "KI101";

    /// <summary>The injector's webhook does not select the pod's namespace.</summary>
    public const string NamespaceNotSelected = "KI102";

    /// <summary>The injector's webhook does not select the pod by its labels.</summary>
    public const string PodNotSelected = "KI103";

    /// <summary>The injector's webhook is not called when pods are created.</summary>
    public const string NoRuleForPods = "KI104";

    /// <summary>Where the injector's webhook fails, pods start without credentials.</summary>
    public const string FailureIgnored = "KI105";

    /// <summary>The injector's webhook has very little time to answer.</summary>
    public const string ShortTimeout = "KI106";

    /// <summary>The pod's namespace does not exist.</summary>
    public const string MissingNamespace = "KI107";

    /// <summary>The webhook calls a Service and says not whom to trust there.</summary>
    public const string MissingCaBundle = "KI110";

    /// <summary>The webhook's caBundle holds no certificate that can be read.</summary>
    public const string InvalidCaBundle = "KI111";

    /// <summary>The certificates of the webhook's caBundle have expired.</summary>
    public const string ExpiredCaBundle = "KI112";

    /// <summary>The certificates of the webhook's caBundle are not valid yet.</summary>
    public const string EarlyCaBundle = "KI113";

    /// <summary>The injector's own certificate is not signed by the webhook's caBundle.</summary>
    public const string UntrustedServingCertificate = "KI114";

    /// <summary>The injector's own certificate has expired, or is not valid yet.</summary>
    public const string ExpiredServingCertificate = "KI115";

    /// <summary>The webhook's Service does not exist.</summary>
    public const string MissingService = "KI117";

    /// <summary>The webhook's Service does not have the port that is called.</summary>
    public const string MissingServicePort = "KI118";

    /// <summary>No pod of the injector is ready to answer.</summary>
    public const string NoEndpoint = "KI119";

    /// <summary>The pod is older than the injector's webhook.</summary>
    public const string OlderThanWebhook = "KI121";

    /// <summary>The pod was given the label after it was created.</summary>
    public const string OlderThanLabel = "KI122";

    /// <summary>The pod was created without credentials, although by now nothing keeps the injector from it.</summary>
    public const string PassedOver = "KI123";

    /// <summary>The workload's newest pod was made before its pod template asked for credentials.</summary>
    public const string OlderThanTemplate = "KI124";

    /// <summary>The pod's ServiceAccount does not exist.</summary>
    public const string MissingServiceAccount = "KI131";

    /// <summary>The cluster issues no token for the pod's ServiceAccount.</summary>
    public const string TokenRefused = "KI132";

    /// <summary>A variable comes from a ConfigMap or Secret (envFrom), too; the injected one hides it.</summary>
    public const string ShadowedSource = "KI135";

    /// <summary>There is no record of a lease that the pod names.</summary>
    public const string MissingRecord = "KI141";

    /// <summary>There is a record of a lease for the pod that the pod does not name.</summary>
    public const string RecordWithoutPod = "KI142";

    /// <summary>An event says that a webhook could not be called.</summary>
    public const string WebhookFailed = "KI145";

    /// <summary>An event says that a webhook refused the pod.</summary>
    public const string WebhookDenied = "KI146";
}
