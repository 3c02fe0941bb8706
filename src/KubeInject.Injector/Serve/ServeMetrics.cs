using System.Diagnostics.Metrics;
using KubeInject.Admission;
using KubeInject.Controller;
using Prometheus;

namespace KubeInject.Injector.Serve;

/// <summary>The metrics of the server. No label has the name of an object or a UUID, because each value would be a new time series.</summary>
internal sealed class ServeMetrics : IDisposable
{
    /// <summary>The content type of the text format.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly CollectorRegistry registry = Metrics.NewCustomRegistry();
    private readonly Prometheus.Counter admissions;
    private readonly Prometheus.Histogram duration;
    private readonly Dictionary<string, Prometheus.Counter> counters;
    private readonly Dictionary<string, Prometheus.Gauge> gauges;
    private readonly MeterListener listener = new();

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
        counters = new(StringComparer.Ordinal)
        {
            ["kubeinject_issues_total"] = metrics.CreateCounter("kubeinject_issues_total", "Credentials that the controller issued or did not issue, by source and result.", "source", "result"),
            ["kubeinject_renewals_total"] = metrics.CreateCounter("kubeinject_renewals_total", "Renewals of leases, by source and result.", "source", "result"),
            ["kubeinject_revocations_total"] = metrics.CreateCounter("kubeinject_revocations_total", "Revocations of leases, by source and result.", "source", "result"),
        };
        gauges = new(StringComparer.Ordinal)
        {
            ["kubeinject_leases"] = metrics.CreateGauge("kubeinject_leases", "The leases of pods that the leader manages, by state.", "state"),
            ["kubeinject_next_expiry_seconds"] = metrics.CreateGauge("kubeinject_next_expiry_seconds", "The time until the first lease of a pod expires unless it is renewed."),
            ["kubeinject_leader"] = metrics.CreateGauge("kubeinject_leader", "Whether this process is the leader of the controllers."),
            ["kubeinject_queue_length"] = metrics.CreateGauge("kubeinject_queue_length", "The pods that wait to be processed."),
        };
        Listen();
    }

    /// <summary>Counts an admission.</summary>
    public void Count(AdmissionResult result, TimeSpan time)
    {
        admissions.WithLabels(LabelOf(result)).Inc();
        duration.Observe(time.TotalSeconds);
    }

    public void Dispose() => listener.Dispose();

    /// <summary>Writes all metrics in the text format of Prometheus.</summary>
    public Task WriteAsync(Stream stream, CancellationToken cancellationToken) => registry.CollectAndExportAsTextAsync(stream, cancellationToken);

    /// <summary>Collects the metrics of the controller, which runs in the engine.</summary>
    private void Listen()
    {
        listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == ControllerMetrics.MeterName)
                listener.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument.Name, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument.Name, value, tags));
        listener.Start();
        registry.AddBeforeCollectCallback(listener.RecordObservableInstruments);
    }

    private void Record(string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new string[tags.Length];
        for (var i = 0; i < tags.Length; i++)
            labels[i] = $"{tags[i].Value}";
        if (counters.TryGetValue(name, out var counter))
            counter.WithLabels(labels).Inc(value);
        else if (gauges.TryGetValue(name, out var gauge))
            gauge.WithLabels(labels).Set(value);
    }

    private static string LabelOf(AdmissionResult result) => result switch
    {
        AdmissionResult.Patched => "patched",
        AdmissionResult.Unchanged => "unchanged",
        AdmissionResult.Refused => "refused",
        _ => "invalid",
    };
}
