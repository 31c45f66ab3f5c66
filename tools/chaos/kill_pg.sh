#!/usr/bin/env bash
# Kills a server with SIGKILL: tools/chaos/kill_pg.sh [data:FOLDER | container:NAME]
# Only a target that is marked as allowed; what that means, and exit codes: --help.
set -euo pipefail
# shellcheck source=target.sh
source "$(dirname "${BASH_SOURCE[0]}")/target.sh"
help_if_asked "$@"

(($# <= 1)) || refuse "$WRONG_USE" 'at most one target: data:FOLDER or container:NAME.'
find_target pg "${1:-}"
kill_target postgres
