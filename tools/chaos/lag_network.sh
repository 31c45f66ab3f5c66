#!/usr/bin/env bash
# Delays what leaves an interface: tools/chaos/lag_network.sh MILLISECONDS [netns:NAME/INTERFACE | interface:NAME]
# restore_network.sh ends it. Only a target that is marked as allowed; what that means, and exit codes: --help.
set -euo pipefail
# shellcheck source=target.sh
source "$(dirname "${BASH_SOURCE[0]}")/target.sh"
help_if_asked "$@"

if ! [[ "${1:-}" =~ ^[1-9][0-9]{0,4}$ ]] || (($# > 2)); then
  refuse "$WRONG_USE" 'how many milliseconds, 1 to 99999, and at most one target: lag_network.sh 150 netns:drill/eth0'
fi
find_target network "${2:-}"
find_interface
said="$("${inside[@]}" tc qdisc replace dev "$interface" root netem delay "${1}ms" 2>&1)" ||
  refuse "$CANNOT" "this kernel or user cannot delay packets (${said//$'\n'/; }). Nothing was done."
echo "lagging: $target by $1 ms; tools/chaos/restore_network.sh $target ends it"
