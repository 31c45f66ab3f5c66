#!/usr/bin/env bash
# Brings the data of a Redis back from a backup, also without Reviver. Redis must be stopped, and is not started.
#
#   restore_redis.sh [--force] [--appendonly yes|no|auto] --data-dir DIR [BACKUP]
#
# BACKUP is a file, an id, or "latest" (the default): the newest complete one below BACKUP_REDIS_DIR.
#   --data-dir DIR    where Redis keeps its data (its setting dir)
#   --appendonly W    whether Redis runs with appendonly yes; auto (the default): when there is an appendonlydir now
#   --force           also when a whole dump with keys is there, or Redis still answers (it is then told to end)
#
# Environment: REDIS_DATA_DIR, BACKUP_REDIS_DIR (default data/backups/redis), REDIS_URL (to see that Redis is stopped)
#   of encrypted ones: REVIVER_SECRET_KEY and REVIVER (default "reviver"), or AGE_IDENTITY_FILE
#
# What was there is moved to reviver-aside/ in the same folder; nothing is removed. The dump's own name comes last: killed
# before that, a second run goes on.
#
# Exit codes: 0 restored  2 usage  3 no such backup, or damaged  5 refused: data are there, or Redis still answers
#   6 could not be placed  7 a program is missing
set -euo pipefail

# shellcheck source=scripts/backup/chosen_backup.sh
source "$(dirname "$0")/chosen_backup.sh"

usage() {
  sed -n '2,/^set /{/^#/!d;s/^# \{0,1\}//;p}' "$0" >&2
  exit "$EX_USAGE"
}

force=no appendonly=auto dir=${REDIS_DATA_DIR:-} wanted=latest
while (($#)); do
  case $1 in
    --force) force=yes ;;
    --appendonly | --data-dir)
      [[ $# -ge 2 ]] || usage
      if [[ $1 == --data-dir ]]; then dir=$2; else appendonly=$2; fi
      shift
      ;;
    -*) usage ;;
    *) wanted=$1 ;;
  esac
  shift
done
[[ -n $dir && -d $dir && $appendonly =~ ^(yes|no|auto)$ ]] || usage

need redis-check-rdb 'Debian: apt-get install redis-tools'
need redis-cli 'Debian: apt-get install redis-tools'

choose_backup "$wanted" "${BACKUP_REDIS_DIR:-data/backups/redis}"
aside=$dir/reviver-aside/script-$backup_id
# Written before anything is moved, and removed when all is done: it tells a second run what was there at first.
list=$aside/had

if [[ -n ${REDIS_URL:-} ]] && redis-cli -u "$REDIS_URL" --no-auth-warning ping >/dev/null 2>&1; then
  [[ $force == yes ]] || die "$EX_REFUSED" "Redis still answers: stop it first, or give --force to have it told to end. Nothing was changed."
  redis-cli -u "$REDIS_URL" --no-auth-warning shutdown nosave >/dev/null 2>&1 || true
fi
keys=$(redis-check-rdb "$dir/dump.rdb" 2>/dev/null | sed -n 's/^\[info\] \([0-9]*\) keys read$/\1/p' || true)
if [[ ! -f $list && ${keys:-0} -gt 0 && $force != yes ]]; then
  die "$EX_REFUSED" "$dir/dump.rdb is whole and has $keys keys. Nothing was changed. Give --force to exchange it; it is kept aside."
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
open_backup "$work"
redis-check-rdb "$plain_file" >/dev/null ||
  die "$EX_NO_BACKUP" "backup $backup_id is no whole dump, as redis-check-rdb says. Nothing was changed. Name an older one."

# Copied beside its place first: a full disk is noticed before anything is moved.
cp "$plain_file" "$dir/dump.rdb.part" || die "$EX_FAILED" "the dump could not be copied into $dir. Nothing was changed."
chown --reference="$dir" "$dir/dump.rdb.part" 2>/dev/null || true
sync "$dir/dump.rdb.part"

mkdir -p "$aside"
if [[ ! -f $list ]]; then
  for name in dump.rdb appendonlydir appendonly.aof; do
    [[ -e $dir/$name ]] && printf '%s\n' "$name"
  done >"$list.part" || true
  sync "$list.part"
  mv "$list.part" "$list"
fi
for name in dump.rdb appendonlydir appendonly.aof; do
  [[ -e $dir/$name ]] || continue
  if grep -qx "$name" "$list" && [[ ! -e $aside/$name ]]; then
    mv "$dir/$name" "$aside/$name"
  else
    # From a run before this one, which was interrupted: made of the same backup.
    mkdir -p "$aside/later"
    mv "$dir/$name" "$aside/later/$name.$(date -u +%s%N)"
  fi
done

if [[ $appendonly == auto ]]; then
  appendonly=no
  grep -qx 'append.*' "$list" && appendonly=yes
fi
if [[ $appendonly == yes ]]; then
  # With appendonly yes Redis ignores dump.rdb: the dump becomes the base of a new append-only set.
  part=$dir/appendonlydir.part
  rm -rf "$part"
  mkdir "$part"
  cp "$dir/dump.rdb.part" "$part/appendonly.aof.1.base.rdb"
  printf 'file appendonly.aof.1.base.rdb seq 1 type b\n' >"$part/appendonly.aof.manifest"
  chown -R --reference="$dir" "$part" 2>/dev/null || true
  sync "$part"/*
  mv "$part" "$dir/appendonlydir"
fi
mv "$dir/dump.rdb.part" "$dir/dump.rdb"
sync "$dir"
mv "$aside" "$aside.done-$(date -u +%Y%m%dT%H%M%S)"
say "Redis will load backup $backup_id at its next start; what was there is in $dir/reviver-aside. Start Redis now."
