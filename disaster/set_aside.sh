#!/usr/bin/env bash
# Moves damaged data out of the way. Nothing is ever removed.
#
#   set_aside.sh FOLDER | volume:NAME
#
#   FOLDER         is renamed to FOLDER.damaged-<time>, in one move on the same disk; nothing takes its place
#   volume:NAME    what is in the Docker volume moves into a new volume NAME-damaged-<time>; NAME stays, empty. Needs the
#                  right to write where the engine keeps its volumes: root, on the machine of the engine
#
# Run again it finds nothing there, and says so. A Postgres or Redis that still runs on the data is refused.
#
# Exit codes: 0 moved, or was before  2 usage  5 refused: somebody uses it  6 could not be moved
set -euo pipefail

readonly EX_USAGE=2 EX_REFUSED=5 EX_FAILED=6
die() {
  local code=$1
  shift
  printf 'set_aside.sh: %s\n' "$*" >&2
  exit "$code"
}

[[ $# -eq 1 && -n $1 ]] || die "$EX_USAGE" 'say which folder, or volume:NAME'
stamp=$(date -u +%Y%m%dT%H%M%SZ)

# Postgres writes its process id on the first line of postmaster.pid; one that is gone is no hindrance.
in_use() {
  local pid
  pid=$(head -n 1 "$1/postmaster.pid" 2>/dev/null || true)
  if [[ $pid =~ ^[0-9]+$ ]] && kill -0 "$pid" 2>/dev/null && grep -qa postgres "/proc/$pid/cmdline" 2>/dev/null; then
    echo "PostgreSQL, process $pid"
  fi
}

if [[ $1 == volume:* ]]; then
  name=${1#volume:}
  users=$(docker ps --quiet --filter "volume=$name") || die "$EX_FAILED" 'the Docker engine does not answer. Nothing was changed.'
  [[ -z $users ]] || die "$EX_REFUSED" "containers use the volume $name: ${users//$'\n'/ }. Stop them first. Nothing was changed."
  from=$(docker volume inspect --format '{{.Mountpoint}}' "$name" 2>/dev/null) || die "$EX_FAILED" "there is no volume $name. Nothing was changed."
  if [[ -z $(ls -A "$from" 2>/dev/null) ]]; then
    echo "The volume $name is empty: nothing to keep."
    exit 0
  fi
  docker volume create "$name-damaged-$stamp" >/dev/null
  to=$(docker volume inspect --format '{{.Mountpoint}}' "$name-damaged-$stamp")
  find "$from" -mindepth 1 -maxdepth 1 -exec mv -n -t "$to" -- {} + || die "$EX_FAILED" "not all of $name could be moved to $name-damaged-$stamp; nothing was removed."
  echo "What was in $name is kept in the volume $name-damaged-$stamp."
  exit 0
fi

folder=${1%/}
if [[ ! -e $folder ]]; then
  echo "There is no $folder: nothing to keep."
  exit 0
fi
user=$(in_use "$folder")
[[ -z $user ]] || die "$EX_REFUSED" "$folder is in use ($user). Stop it first. Nothing was changed."
mv -n -T "$folder" "$folder.damaged-$stamp" || die "$EX_FAILED" "$folder could not be renamed. Nothing was changed."
[[ ! -e $folder ]] || die "$EX_FAILED" "$folder.damaged-$stamp is there already. Nothing was changed."
echo "What was in $folder is kept in $folder.damaged-$stamp."
