#!/usr/bin/env bash
# Ends what lag_network.sh began; safe to repeat: tools/chaos/restore_network.sh [netns:NAME/INTERFACE | interface:NAME]
# Only a target that is marked as allowed; what that means, and exit codes: --help.
set -euo pipefail
# shellcheck source=target.sh
source "$(dirname "${BASH_SOURCE[0]}")/target.sh"
help_if_asked "$@"

(($# <= 1)) || refuse "$WRONG_USE" 'at most one target: netns:NAME/INTERFACE or interface:NAME.'
find_target network "${1:-}"
find_interface
# Another discipline than ours is not ours to remove.
if "${inside[@]}" tc qdisc show dev "$interface" root | grep -q netem; then
  "${inside[@]}" tc qdisc del dev "$interface" root
fi
echo "restored: $target"
