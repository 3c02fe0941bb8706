namespace KubeInject.Annotations;

/// <summary>The codes of findings. A released code never changes its meaning.</summary>
/// <remarks>
/// KI000: The manifest cannot be read. KI0xx: findings in a document. KI05x and KI06x: findings in annotations of other injectors. KI1xx: findings in a cluster. KI2xx: findings in Vault.
/// </remarks>
public static class FindingCode
{
    /// <summary>A manifest that cannot be read.</summary>
    public const string UnreadableManifest = "KI000";

    /// <summary>An unknown key without a dot.</summary>
    public const string UnknownKey = "KI001";

    /// <summary>An unknown setting of a database.</summary>
    public const string UnknownSetting = "KI002";

    /// <summary>A database without a role, on a pod without a role for all databases.</summary>
    public const string MissingRole = "KI003";

    /// <summary>A key without a database name between the prefix and the first dot.</summary>
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

    /// <summary>A variable that is requested twice.</summary>
    public const string DuplicateVariable = "KI010";

    /// <summary>A variable that containers already declare. The injection replaces its value.</summary>
    public const string ReplacedVariable = "KI011";

    /// <summary>Injection annotations in the metadata of a workload, which no injector reads.</summary>
    public const string AnnotationsOnWorkload = "KI012";

    /// <summary>A pod with injection annotations and without the label.</summary>
    public const string MissingLabel = "KI013";

    /// <summary>A pod with injection annotations whose label is not <c>true</c>.</summary>
    public const string LabelNotTrue = "KI014";

    /// <summary>A pod with the label and without any injection annotation.</summary>
    public const string LabelWithoutAnnotations = "KI015";

    /// <summary>An annotation of version 1. Injectors ignore the pod.</summary>
    public const string VersionOneAnnotation = "KI016";

    /// <summary>More or fewer UUIDs than databases.</summary>
    public const string UuidCountMismatch = "KI017";

    /// <summary>An entry in the list of UUIDs that is not a UUID.</summary>
    public const string InvalidUuid = "KI018";

    /// <summary>A UUID in the key of a database, as in the manual of the in-cluster injector.</summary>
    public const string LegacyUuid = "KI019";

    /// <summary>The key <c>mode</c> without a database, which has no effect.</summary>
    public const string ModeWithoutEffect = "KI020";

    /// <summary>A setting that has no effect in the database's mode.</summary>
    public const string SettingOfOtherMode = "KI021";

    /// <summary>Settings for all databases on a pod that requests no database.</summary>
    public const string NoDatabase = "KI022";

    /// <summary>A variable with a default name, for which the in-cluster injector uses an empty name.</summary>
    public const string DefaultedVariable = "KI023";

    /// <summary>A template with placeholders, which the in-cluster injector refuses.</summary>
    public const string PlaceholderTemplate = "KI024";

    /// <summary>A template with a userinfo, which the issued credentials replace.</summary>
    public const string ReplacedUserInfo = "KI025";

    /// <summary>A list of variables with an empty item, which is skipped.</summary>
    public const string EmptyListItem = "KI026";

    /// <summary>A label or annotation whose value is not a string in the manifest. The API server refuses the object.</summary>
    public const string ValueNotString = "KI027";

    /// <summary>A key whose prefix has one or two wrong letters.</summary>
    public const string MisspelledPrefix = "KI028";

    /// <summary>A pod with injection annotations and a misspelled label key.</summary>
    public const string MisspelledLabel = "KI029";

    /// <summary>A role that contains whitespace, or has whitespace before or after it.</summary>
    public const string WhitespaceInRole = "KI030";

    /// <summary>A variable that containers get from a ConfigMap or Secret (<c>envFrom</c>), and that an injected variable hides.</summary>
    public const string ShadowedVariable = "KI031";

    /// <summary>A template whose port and scheme belong to different kinds of databases.</summary>
    public const string PortSchemeMismatch = "KI032";

    /// <summary>A URI of a proxy in the pod that is not running yet when an init container runs.</summary>
    public const string ProxyNotRunning = "KI033";

    /// <summary>Annotations or labels of more than one injector on one pod.</summary>
    public const string MultipleInjectors = "KI034";

    /// <summary>A template that is a URI without a host.</summary>
    public const string TemplateWithoutHost = "KI035";

    /// <summary>A variable refers to a variable that is set after it, so the kubelet does not replace the reference.</summary>
    public const string UnresolvedReference = "KI036";

    /// <summary>A character that is invisible or looks like a space or a quotation mark, in a key or value.</summary>
    public const string InvisibleCharacter = "KI037";

    /// <summary>The pod has a UUID, but no container has a requested variable.</summary>
    public const string MissingVariables = "KI038";

    /// <summary>Whitespace before or after a value, which the in-cluster injector treats as part of the value.</summary>
    public const string SurroundingWhitespace = "KI040";

    /// <summary>A template that KubeInject accepts, but that the in-cluster injector cannot parse.</summary>
    public const string TemplateNotParsed = "KI041";

    /// <summary>An empty role of a database, for which KubeInject uses the role of the pod, and the in-cluster injector none.</summary>
    public const string EmptyRole = "KI042";

    /// <summary>Variables with placeholders, which the in-cluster injector replaces in its NRI mode when a container is created.</summary>
    public const string NriPlaceholders = "KI043";

    /// <summary>An annotation or the label is at a position where no injector reads it.</summary>
    public const string MisplacedKey = "KI047";

    /// <summary>Settings for another injector that is not activated, or that is deactivated, for the pod.</summary>
    public const string InjectorNotActivated = "KI050";

    /// <summary>A pod for the Vault Agent without a role for the login to Vault.</summary>
    public const string AgentWithoutRole = "KI051";

    /// <summary>An unknown key with the prefix of another injector.</summary>
    public const string UnknownDialectKey = "KI052";

    /// <summary>A key whose prefix differs from the prefix of another injector by one letter.</summary>
    public const string MisspelledDialectPrefix = "KI053";

    /// <summary>A key of the Vault Agent that applies to one secret, but names no secret.</summary>
    public const string MissingSecretName = "KI054";

    /// <summary>A setting of a secret that the pod does not request.</summary>
    public const string SettingWithoutSecret = "KI055";

    /// <summary>A path in a database secrets engine that is not a path of credentials.</summary>
    public const string InvalidCredentialPath = "KI056";

    /// <summary>A path in Vault that starts with the version of the HTTP API.</summary>
    public const string ApiVersionInPath = "KI057";

    /// <summary>A template that reads another path than the path in the annotation of its secret.</summary>
    public const string TemplateReadsOtherPath = "KI058";

    /// <summary>A field that database credentials do not have.</summary>
    public const string UnknownCredentialField = "KI059";

    /// <summary>A setting of another injector that a <see cref="PodInjection"/> cannot represent.</summary>
    public const string UnsupportedSetting = "KI060";

    /// <summary>A value that has to be true or false, but is neither.</summary>
    public const string InvalidBoolean = "KI061";

    /// <summary>Credentials with a lease that is not renewed.</summary>
    public const string LeaseNotRenewed = "KI062";

    /// <summary>Init containers that run before the secrets exist.</summary>
    public const string InitContainerBeforeSecrets = "KI063";

    /// <summary>An annotation names a container that the pod does not have.</summary>
    public const string UnknownContainer = "KI064";

    /// <summary>A reference to Vault that does not specify a field.</summary>
    public const string ReferenceWithoutKey = "KI065";

    /// <summary>A reference that writes to the path of credentials, which is read-only.</summary>
    public const string CredentialsWritten = "KI066";

    /// <summary>A reference to a version of credentials, which have no versions.</summary>
    public const string VersionedCredentials = "KI067";

    /// <summary>Username and password in different containers, which belong to different credentials.</summary>
    public const string SplitCredentials = "KI068";

    /// <summary>Another injector is activated for a pod that requests nothing from it.</summary>
    public const string NothingToInject = "KI069";

    /// <summary>A mount path without an engine in Vault.</summary>
    public const string MissingMount = "KI201";

    /// <summary>A mount in Vault that is not a database secrets engine.</summary>
    public const string NotADatabaseMount = "KI202";

    /// <summary>A database role that Vault does not have.</summary>
    public const string MissingDatabaseRole = "KI203";

    /// <summary>A path without an auth method in Vault.</summary>
    public const string MissingAuthMethod = "KI204";

    /// <summary>A role that the Kubernetes auth method of Vault does not have.</summary>
    public const string MissingAuthRole = "KI205";

    /// <summary>A role in Vault that is not bound to the pod's ServiceAccount.</summary>
    public const string UnboundServiceAccount = "KI206";

    /// <summary>A role in Vault that is not bound to the pod's namespace.</summary>
    public const string UnboundNamespace = "KI207";

    /// <summary>A role in Vault that does not include the policy with its name.</summary>
    public const string PolicyNotAssigned = "KI208";

    /// <summary>A policy that Vault does not have.</summary>
    public const string MissingPolicy = "KI209";

    /// <summary>A policy in Vault that does not grant the right to read the credentials.</summary>
    public const string PolicyWithoutCredentials = "KI210";

    /// <summary>A role in Vault without a token period, so that its tokens have a maximum lifetime.</summary>
    public const string NoTokenPeriod = "KI211";

    /// <summary>A role in Vault whose tokens cannot be used to issue a lease.</summary>
    public const string UnsuitableTokens = "KI212";

    /// <summary>A database role whose credentials expire before a sweep renews them.</summary>
    public const string ShortTimeToLive = "KI213";

    /// <summary>A database role whose credentials have a maximum lifetime, even if they are renewed.</summary>
    public const string LimitedLifetime = "KI214";

    /// <summary>Data in Vault that the login has no permission to read.</summary>
    public const string VaultPermissionMissing = "KI215";

    /// <summary>Vault could not be queried.</summary>
    public const string VaultUnavailable = "KI216";

    /// <summary>No webhook of the cluster is an injector that acts on the pod's annotations.</summary>
    public const string NoInjector = "KI101";

    /// <summary>The injector's webhook does not select the pod's namespace.</summary>
    public const string NamespaceNotSelected = "KI102";

    /// <summary>The injector's webhook does not select the pod by its labels.</summary>
    public const string PodNotSelected = "KI103";

    /// <summary>The injector's webhook is not called when pods are created.</summary>
    public const string NoRuleForPods = "KI104";

    /// <summary>If the injector's webhook fails, pods start without credentials.</summary>
    public const string FailureIgnored = "KI105";

    /// <summary>The injector's webhook has very little time to answer.</summary>
    public const string ShortTimeout = "KI106";

    /// <summary>The pod's namespace does not exist.</summary>
    public const string MissingNamespace = "KI107";

    /// <summary>The KubeInject webhook refuses a template that refers to another variable.</summary>
    public const string ReferenceInSecret = "KI108";

    /// <summary>The webhook calls a Service, but does not specify the certificate authority to trust.</summary>
    public const string MissingCaBundle = "KI110";

    /// <summary>The webhook's caBundle contains no readable certificate.</summary>
    public const string InvalidCaBundle = "KI111";

    /// <summary>The certificates of the webhook's caBundle have expired.</summary>
    public const string ExpiredCaBundle = "KI112";

    /// <summary>The certificates of the webhook's caBundle are not valid yet.</summary>
    public const string CaBundleNotYetValid = "KI113";

    /// <summary>The injector's certificate is not signed by a certificate authority in the webhook's caBundle.</summary>
    public const string UntrustedServingCertificate = "KI114";

    /// <summary>The injector's certificate has expired, or is not valid yet.</summary>
    public const string ExpiredServingCertificate = "KI115";

    /// <summary>The webhook's Service does not exist.</summary>
    public const string MissingService = "KI117";

    /// <summary>The webhook's Service does not have the port that the webhook calls.</summary>
    public const string MissingServicePort = "KI118";

    /// <summary>No pod of the injector is ready to answer.</summary>
    public const string NoEndpoint = "KI119";

    /// <summary>The pod is older than the injector's webhook.</summary>
    public const string OlderThanWebhook = "KI121";

    /// <summary>The label was added to the pod after it was created.</summary>
    public const string OlderThanLabel = "KI122";

    /// <summary>The pod was created without credentials, although nothing prevents the injection now.</summary>
    public const string CreatedWithoutCredentials = "KI123";

    /// <summary>The workload's newest pod was created before its pod template requested credentials.</summary>
    public const string OlderThanTemplate = "KI124";

    /// <summary>The pod's ServiceAccount does not exist.</summary>
    public const string MissingServiceAccount = "KI131";

    /// <summary>The cluster issues no token for the pod's ServiceAccount.</summary>
    public const string TokenRefused = "KI132";

    /// <summary>An injected variable hides a variable from a ConfigMap or Secret (envFrom).</summary>
    public const string ShadowedSource = "KI135";

    /// <summary>The KubeInject controller does not run.</summary>
    public const string ControllerNotRunning = "KI136";

    /// <summary>The KubeInject controller has reported that it refuses or delays the credentials of the pod.</summary>
    public const string CredentialsNotIssued = "KI137";

    /// <summary>The KubeInject controller has reported that it cannot extend the credentials of the pod.</summary>
    public const string CredentialsExpiring = "KI138";

    /// <summary>There is no record of a lease that the pod names.</summary>
    public const string MissingRecord = "KI141";

    /// <summary>There is a record of a lease for the pod, but the pod does not name that lease.</summary>
    public const string RecordWithoutPod = "KI142";

    /// <summary>The UUIDs of a pod are not in the order of its databases.</summary>
    public const string UuidOrder = "KI143";

    /// <summary>A pod that the KubeInject webhook has admitted does not have its Secret.</summary>
    public const string MissingPodSecret = "KI144";

    /// <summary>An event reports that a webhook could not be called.</summary>
    public const string WebhookFailed = "KI145";

    /// <summary>An event reports that a webhook refused the pod.</summary>
    public const string WebhookDenied = "KI146";

    /// <summary>An event reports that no pod can be created.</summary>
    public const string PodNotCreated = "KI147";
}
