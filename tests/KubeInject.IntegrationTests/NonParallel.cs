namespace KubeInject.IntegrationTests;

/// <summary>Tests that measure the process or disturb the cluster. No other test runs at the same time.</summary>
[CollectionDefinition(nameof(NonParallel), DisableParallelization = true)]
public sealed class NonParallel;
