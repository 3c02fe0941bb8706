#!/usr/bin/env bash
# Builds everything and runs every test, on real parts: see CONTRIBUTING.md, "Build and test".
# Ends with "N passed, N failed, N skipped"; the exit code is 0 only if all passed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
# No compiler and no MSBuild goes on running after the tests.
export DOTNET_CLI_USE_MSBUILD_SERVER=0 MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false
# NuGet's locks are for all of this user's processes, so they stay where those look for them.
export NUGET_SCRATCH=${NUGET_SCRATCH:-${TMPDIR:-/tmp}/NuGetScratch$(id -un)}

# The .NET SDK leaves folders in TMPDIR; with-cluster.sh also has one that it removes.
(
  TMPDIR=$(mktemp -d)
  export TMPDIR
  trap 'rm -rf "$TMPDIR"' EXIT
  tests/rig/install.sh
  dotnet build KubeInject.sln --configuration Release
  dotnet format KubeInject.sln --no-restore --verify-no-changes
  # The first command of README.md. It builds the module that the suites use.
  dotnet tool restore
  dotnet pwsh -NoProfile -File build.ps1 Demo
)
exec tests/rig/with-cluster.sh tests/run.sh
