#!/usr/bin/env bash
# Builds everything and runs all tests, against real servers. See "Build and test" in CONTRIBUTING.md.
# The last line is "N passed, N failed, N skipped". The exit code is 0 only if no test failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
# No compiler or MSBuild process keeps running after the tests.
export DOTNET_CLI_USE_MSBUILD_SERVER=0 MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false
# All processes of this user share the locks of NuGet, so TMPDIR must not change their location.
export NUGET_SCRATCH=${NUGET_SCRATCH:-${TMPDIR:-/tmp}/NuGetScratch$(id -un)}

# The .NET SDK leaves folders in TMPDIR. This folder is removed; with-cluster.sh creates its own.
(
  TMPDIR=$(mktemp -d)
  export TMPDIR
  trap 'rm -rf "$TMPDIR"' EXIT
  tests/rig/install.sh
  dotnet build KubeInject.sln --configuration Release
  dotnet format KubeInject.sln --no-restore --verify-no-changes
  # The first command in README.md. It also builds the module that the test suites use.
  dotnet tool restore
  dotnet pwsh -NoProfile -File build.ps1 Demo
)
exec tests/rig/with-cluster.sh tests/run.sh
