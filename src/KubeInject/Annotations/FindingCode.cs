namespace KubeInject.Annotations;

/// <summary>The stable codes of findings. A code that was ever released keeps its meaning for good.</summary>
/// <remarks>
/// KI0xx: what a document shows. KI05x and KI06x: other injectors' words. KI1xx: what a cluster shows. KI2xx: what Vault shows.
/// </remarks>
public static class FindingCode
{
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
