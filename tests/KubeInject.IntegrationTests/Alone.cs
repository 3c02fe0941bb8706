namespace KubeInject.IntegrationTests;

/// <summary>Tests that measure the process, or disturb the cluster: nothing else runs meanwhile.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
