namespace KubeInject.Kubernetes.Errors;

/// <summary>Machine-readable reasons of API server errors. See <see cref="KubeApiException.Reason"/>.</summary>
public static class KubeApiReason
{
    /// <summary>400: the request is not valid.</summary>
    public const string BadRequest = "BadRequest";

    /// <summary>401: the credential is not accepted or has expired.</summary>
    public const string Unauthorized = "Unauthorized";

    /// <summary>403: the user is not authorized.</summary>
    public const string Forbidden = "Forbidden";

    /// <summary>404: the object or the resource does not exist.</summary>
    public const string NotFound = "NotFound";

    /// <summary>409: an object with this name already exists.</summary>
    public const string AlreadyExists = "AlreadyExists";

    /// <summary>409: the object has changed since it was read.</summary>
    public const string Conflict = "Conflict";

    /// <summary>410: the requested version or continue token is no longer available.</summary>
    public const string Gone = "Gone";

    /// <summary>410: the continue token of a list has expired.</summary>
    public const string Expired = "Expired";

    /// <summary>422: the object is not valid. See <see cref="KubeApiException.Causes"/>.</summary>
    public const string Invalid = "Invalid";

    /// <summary>429: the server is overloaded, or the rate of requests is limited.</summary>
    public const string TooManyRequests = "TooManyRequests";

    /// <summary>500: the server has an internal error.</summary>
    public const string InternalError = "InternalError";

    /// <summary>500: the server cannot complete the request in time.</summary>
    public const string ServerTimeout = "ServerTimeout";

    /// <summary>503: the server is temporarily unavailable.</summary>
    public const string ServiceUnavailable = "ServiceUnavailable";

    /// <summary>504: the server or a component that it called timed out.</summary>
    public const string Timeout = "Timeout";

    /// <summary>Any other error without a reason.</summary>
    public const string Unknown = "Unknown";

    /// <summary>Gets the reason for a status code if the server specifies none.</summary>
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
