#!/usr/bin/env bash
# Checks a running Reviver: the eight test categories of the Auto-Recovery document, and their report.
#   REVIVER_TOKEN=... scripts/validate_auto_recovery.sh [--url URL] [--service NAME] [--json]
# Without --service nothing is changed; the service that it names is restarted once. Exit code 0: no check failed.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
[[ -f "$root/dist/src/main.js" ]] || npm --prefix "$root" run --silent build
exec node "$root/dist/src/main.js" validate "$@"
