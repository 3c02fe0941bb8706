using KubeInject.Credentials;

namespace KubeInject.Leases;

/// <summary>A credential that was issued, and its complete record.</summary>
/// <param name="Record">The record.</param>
/// <param name="Credential">The credential.</param>
public sealed record IssuedLease(LeaseRecord Record, Credential Credential);
