using KubeInject.Admission;
using Prometheus;

namespace KubeInject.Injector.Serve;

/// <summary>The metrics of the server. No label has the name of an object or a UUID, because each value would be a new time series.</summary>
internal sealed class ServeMetrics
{
    /// <summary>The content type of the text format.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly CollectorRegistry registry = Metrics.NewCustomRegistry();
    private readonly Counter admissions;
    private readonly Histogram duration;

    public ServeMetrics()
    {
        var metrics = Metrics.WithCustomRegistry(registry);
        admissions = metrics.CreateCounter("kubeinject_admissions_total", "Requests to the webhook, by result.", "result");
        duration = metrics.CreateHistogram("kubeinject_admission_duration_seconds", "The time to answer a request to the webhook, without reading it.", new HistogramConfiguration
        {
            Buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
        });
        foreach (var result in Enum.GetValues<AdmissionResult>())
            admissions.WithLabels(LabelOf(result));
    }

    /// <summary>Counts an admission.</summary>
    public void Count(AdmissionResult result, TimeSpan time)
    {
        admissions.WithLabels(LabelOf(result)).Inc();
        duration.Observe(time.TotalSeconds);
    }

    /// <summary>Writes all metrics in the text format of Prometheus.</summary>
    public Task WriteAsync(Stream stream, CancellationToken cancellationToken) => registry.CollectAndExportAsTextAsync(stream, cancellationToken);

    private static string LabelOf(AdmissionResult result) => result switch
    {
        AdmissionResult.Patched => "patched",
        AdmissionResult.Unchanged => "unchanged",
        AdmissionResult.Refused => "refused",
        _ => "invalid",
    };
}
