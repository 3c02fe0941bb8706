#!/usr/bin/env bash
# Builds everything and runs every test, on real parts: see CONTRIBUTING.md, "Build and test".
# Ends with "N passed, N failed, N skipped"; the exit code is 0 only if all passed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

tests/rig/install.sh
dotnet tool restore
dotnet build KubeInject.sln --configuration Release
dotnet format KubeInject.sln --no-restore --verify-no-changes
dotnet publish src/KubeInject.Cmdlets --configuration Release --no-build
exec tests/rig/with-cluster.sh tests/run.sh
