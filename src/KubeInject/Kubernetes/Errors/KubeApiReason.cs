namespace KubeInject.Kubernetes.Errors;

/// <summary>The words by which the API server tells errors apart; see <see cref="KubeApiException.Reason"/>.</summary>
public static class KubeApiReason
{
    /// <summary>400: the request makes no sense to the server.</summary>
    public const string BadRequest = "BadRequest";

    /// <summary>401: the credential is not, or no longer, accepted.</summary>
    public const string Unauthorized = "Unauthorized";

    /// <summary>403: the user may not do this.</summary>
    public const string Forbidden = "Forbidden";

    /// <summary>404: there is no such object, or no such kind of object.</summary>
    public const string NotFound = "NotFound";

    /// <summary>409: an object of that name exists.</summary>
    public const string AlreadyExists = "AlreadyExists";

    /// <summary>409: the object has changed since it was read.</summary>
    public const string Conflict = "Conflict";

    /// <summary>410: the version or the continuation asked for is gone.</summary>
    public const string Gone = "Gone";

    /// <summary>410: the continuation of a list has expired.</summary>
    public const string Expired = "Expired";

    /// <summary>422: the object breaks a rule; see <see cref="KubeApiException.Causes"/>.</summary>
    public const string Invalid = "Invalid";

    /// <summary>429: the server has too much to do, or a rule limits how often this may be asked.</summary>
    public const string TooManyRequests = "TooManyRequests";

    /// <summary>500: the server failed.</summary>
    public const string InternalError = "InternalError";

    /// <summary>500: the server cannot do this in time at the moment.</summary>
    public const string ServerTimeout = "ServerTimeout";

    /// <summary>503: the server cannot serve at the moment.</summary>
    public const string ServiceUnavailable = "ServiceUnavailable";

    /// <summary>504: the server, or what it asked, took too long.</summary>
    public const string Timeout = "Timeout";

    /// <summary>Any other code for which the server gives no word.</summary>
    public const string Unknown = "Unknown";

    /// <summary>The word for a code, where the server gives none.</summary>
    internal static string FromStatusCode(int statusCode) => statusCode switch
    {
        400 => BadRequest,
        401 => Unauthorized,
        403 => Forbidden,
        404 => NotFound,
        409 => Conflict,
        410 => Gone,
        422 => Invalid,
        429 => TooManyRequests,
        500 => InternalError,
        503 => ServiceUnavailable,
        504 => Timeout,
        _ => Unknown,
    };
}
