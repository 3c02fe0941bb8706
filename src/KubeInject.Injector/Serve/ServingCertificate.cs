using System.Net.Security;
using System.Security.Cryptography;
using KubeInject.Http;
using Microsoft.Extensions.Logging;

namespace KubeInject.Injector.Serve;

/// <summary>
/// The certificate of the server, from files that are read again when they change. If the new files cannot be used, for example
/// because only one of them is written yet, the previous certificate is kept.
/// </summary>
internal sealed partial class ServingCertificate
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    private readonly string certificatePath;
    private readonly string keyPath;
    private readonly ILogger logger;
    private readonly TimeProvider time;
    private readonly Lock reading = new();
    private SslStreamCertificateContext context;
    private byte[] lastRead;
    private long lastCheck;

    /// <param name="certificatePath">The path of the certificate.</param>
    /// <param name="keyPath">The path of its key.</param>
    /// <param name="logger">Gets an entry when the certificate was replaced, or could not be.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file cannot be read.</exception>
    /// <exception cref="ConfigurationException">The files are not a certificate and its key.</exception>
    public ServingCertificate(string certificatePath, string keyPath, ILogger logger, TimeProvider time)
    {
        this.certificatePath = certificatePath;
        this.keyPath = keyPath;
        this.logger = logger;
        this.time = time;
        lastCheck = time.GetTimestamp();
        var (certificate, key) = (File.ReadAllText(certificatePath), File.ReadAllText(keyPath));
        lastRead = Fingerprint(certificate, key);
        context = Create(certificate, key);
    }

    /// <summary>Returns the current certificate. The files are read at most once per second.</summary>
    public SslStreamCertificateContext Current
    {
        get
        {
            lock (reading)
            {
                if (time.GetElapsedTime(lastCheck) >= CheckInterval)
                {
                    lastCheck = time.GetTimestamp();
                    ReadAgain();
                }

                return context;
            }
        }
    }

    // The contents are compared, because files that are replaced with links can keep their time.
    private void ReadAgain()
    {
        try
        {
            var (certificate, key) = (File.ReadAllText(certificatePath), File.ReadAllText(keyPath));
            var fingerprint = Fingerprint(certificate, key);
            if (fingerprint.AsSpan().SequenceEqual(lastRead))
                return;
            lastRead = fingerprint;
            context = Create(certificate, key);
            var end = context.TargetCertificate.NotAfter.ToUniversalTime();
            LogReplaced(logger, end);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ConfigurationException)
        {
            LogKept(logger, exception.Message);
        }
    }

    private SslStreamCertificateContext Create(string certificate, string key)
    {
        var pair = ClientCertificate.FromPem(certificate, new SensitiveString(key), $"{certificatePath} and {keyPath}");
        return SslStreamCertificateContext.Create(pair.Certificate, pair.Intermediates, offline: true);
    }

    private static byte[] Fingerprint(string certificate, string key) => SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{certificate}\0{key}"));

    [LoggerMessage(Level = LogLevel.Information, Message = "The certificate was replaced. The new one is valid until {End:u}.")]
    private static partial void LogReplaced(ILogger logger, DateTime end);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The previous certificate is kept: {Problem}")]
    private static partial void LogKept(ILogger logger, string problem);
}
