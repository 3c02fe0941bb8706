using KubeInject.Annotations;
using KubeInject.Annotations.Dialects;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Tests.Annotations;

public sealed class AnnotationPrefilterTests
{
    [Fact]
    public void A_pod_without_a_request_allocates_no_more_than_the_bytes_that_decide_it()
    {
        var pod = new PodTemplate
        {
            Object = new ObjectReference("Pod", "shop", "orders"),
            Labels = new Dictionary<string, string> { ["app"] = "orders" },
            Annotations = new Dictionary<string, string>
            {
                ["prometheus.io/scrape"] = "true",
                ["checksum/config"] = "5f3c",
                ["note"] = "",
                // As long as the prefix of an injector.
                ["k8s.v1.cni.cncf.io/networks"] = "[]",
                ["operator.databases.example.io/name"] = "orders",
            },
        };
        Assert.Equal(
            Allocated(() => [new PodInjection { Pod = pod, State = InjectionState.None }]),
            Allocated(() => PodInjections.ReadAll(pod, InjectionOptions.Default)));
    }

    private static long Allocated(Func<IReadOnlyList<PodInjection>> read)
    {
        // The first call creates objects that all later calls share.
        read();
        var before = GC.GetAllocatedBytesForCurrentThread();
        read();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
