# shellcheck shell=bash
# What all tools of this folder share; read by them, not run.
#
# A target is hurt only when somebody has marked it: by a line in the list of allowed targets (CHAOS_ALLOWED, else
# /etc/reviver/chaos-allowed), or, for a container, by the label reviver.chaos=allowed. Lines of the list:
#   pg data:/var/lib/postgresql/drill
#   redis container:drill_redis
#   network netns:drill/eth0
#   network interface:eth1
# A tool without a target takes the one line of its kind.
#
# Exit codes: 0 done · 2 wrong use · 3 not allowed, nothing was done · 4 there is no such target, or it does not run ·
# 5 this machine cannot do it, nothing was done.

readonly WRONG_USE=2 NOT_ALLOWED=3 NOT_THERE=4 CANNOT=5
declare -rA EXAMPLE=([pg]=data:/var/lib/postgresql/drill [redis]=container:drill_redis [network]=netns:drill/eth0)
readonly ALLOWED_LIST="${CHAOS_ALLOWED:-/etc/reviver/chaos-allowed}"

TOOLS="$(dirname "${BASH_SOURCE[0]}")"
readonly TOOLS

# help_if_asked ARGUMENTS: --help prints what stands above each tool and above this file, and ends.
help_if_asked() {
  [[ "${1:-}" == --help || "${1:-}" == -h ]] || return 0
  sed -n '2,${/^#/!q;/^# shellcheck/!s/^# \{0,1\}//p}' "$TOOLS/$(basename "$0")"
  echo
  sed -n '4,${/^#/!q;s/^# \{0,1\}//p}' "$TOOLS/target.sh"
  exit 0
}

refuse() {
  local code="$1"
  shift
  echo "$(basename "$0"): $*" >&2
  exit "$code"
}

allowed_targets() {
  [[ -r "$ALLOWED_LIST" ]] || return 0
  sed -n "s/^$1[[:space:]][[:space:]]*\([^[:space:]#]*\).*/\1/p" "$ALLOWED_LIST"
}

# find_target KIND [TARGET]: sets `target`, or ends with 2 or 3.
find_target() {
  local kind="$1" wanted="${2:-}"
  local -a allowed
  mapfile -t allowed < <(allowed_targets "$kind")
  if [[ -z "$wanted" ]]; then
    ((${#allowed[@]} > 0)) || refuse "$NOT_ALLOWED" "nothing is marked as a target that may be hurt: no line such as \"$kind ${EXAMPLE[$kind]}\" in $ALLOWED_LIST. Nothing was done."
    ((${#allowed[@]} == 1)) || refuse "$NOT_ALLOWED" "$ALLOWED_LIST allows several targets of the kind $kind; name one of them: ${allowed[*]}. Nothing was done."
    target="${allowed[0]}"
    return
  fi
  target="$wanted"
  local line
  for line in "${allowed[@]}"; do
    [[ "$line" == "$wanted" ]] && return
  done
  if [[ "$wanted" == container:* ]] && [[ "$(container_label "${wanted#container:}")" == allowed ]]; then return; fi
  refuse "$NOT_ALLOWED" "$wanted is not marked as a target that may be hurt: no line \"$kind $wanted\" in $ALLOWED_LIST$([[ "$wanted" == container:* ]] && echo ', and no label reviver.chaos=allowed'). Nothing was done."
}

container_label() {
  command -v docker >/dev/null || return 0
  docker inspect --format '{{ index .Config.Labels "reviver.chaos" }}' "$1" 2>/dev/null || true
}

# kill_target PROGRAM: SIGKILL to the target, with all of its processes.
kill_target() {
  local program="$1"
  case "$target" in
    container:*)
      command -v docker >/dev/null || refuse "$CANNOT" 'docker is not there. Nothing was done.'
      docker kill --signal KILL "${target#container:}" >/dev/null 2>&1 || refuse "$NOT_THERE" "the container ${target#container:} does not run. Nothing was done."
      ;;
    data:*)
      local -a pids
      mapfile -t pids < <(processes_of "$program" "${target#data:}")
      ((${#pids[@]} > 0)) || refuse "$NOT_THERE" "no $program works in ${target#data:}. Nothing was done."
      kill -KILL "${pids[@]}" 2>/dev/null || true
      ;;
    *) refuse "$WRONG_USE" "a target is data:FOLDER or container:NAME; \"$target\" is neither." ;;
  esac
  echo "killed: $target"
}

# The pids of a program whose working folder this is: those of another server are never among them.
processes_of() {
  local program="$1" folder proc
  folder="$(realpath -e "$2" 2>/dev/null)" || return 0
  for proc in /proc/[0-9]*; do
    [[ "$(readlink "$proc/cwd" 2>/dev/null)" == "$folder" ]] || continue
    [[ "$(cat "$proc/comm" 2>/dev/null)" == "$program"* ]] && echo "${proc#/proc/}"
  done
  return 0
}

# Sets `interface`, and `inside`: what runs a command where it is.
find_interface() {
  case "$target" in
    netns:*/*)
      local name="${target#netns:}"
      interface="${name#*/}"
      inside=(ip netns exec "${name%%/*}")
      ;;
    interface:*)
      interface="${target#interface:}"
      inside=()
      ;;
    *) refuse "$WRONG_USE" "a target is netns:NAME/INTERFACE or interface:NAME; \"$target\" is neither." ;;
  esac
  command -v tc >/dev/null || refuse "$CANNOT" 'tc is not there (Debian: apt-get install iproute2). Nothing was done.'
  "${inside[@]}" ip link show dev "$interface" >/dev/null 2>&1 || refuse "$NOT_THERE" "there is no $target. Nothing was done."
}
