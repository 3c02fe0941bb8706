namespace KubeInject.IntegrationTests;

/// <summary>Tests that measure the process, or disturb the cluster: nothing else runs meanwhile.</summary>
[CollectionDefinition(nameof(RunsAlone), DisableParallelization = true)]
public sealed class RunsAlone;
