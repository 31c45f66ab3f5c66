#!/usr/bin/env bash
# Says whether a backup is good: its checksum, its form, and with a server its restore. It changes nothing.
#
#   test_backup.sh [postgres|redis|knowledge|configuration|FILE] [BACKUP]
#
# Without BACKUP the newest of that kind is tested; without a kind, the newest of each that there is.
#
# Environment: BACKUP_POSTGRES_DIR, BACKUP_REDIS_DIR, BACKUP_KNOWLEDGE_DIR, BACKUP_CONFIGURATION_DIR (default data/backups/<kind>)
#   SCRATCH_SERVER: a server in which a scratch database may be made and dropped; without it dumps are only read
#   of encrypted ones: REVIVER_SECRET_KEY and REVIVER (default "reviver"), or AGE_IDENTITY_FILE
#
# Exit codes: 0 good  2 usage  3 no such backup, or it is not good  4 the scratch server cannot be reached
#   7 a program is missing
set -euo pipefail

# shellcheck source=scripts/backup/chosen_backup.sh
source "$(dirname "$0")/chosen_backup.sh"

folder_of() {
  case $1 in
    postgres) printf '%s' "${BACKUP_POSTGRES_DIR:-data/backups/postgres}" ;;
    redis) printf '%s' "${BACKUP_REDIS_DIR:-data/backups/redis}" ;;
    knowledge) printf '%s' "${BACKUP_KNOWLEDGE_DIR:-data/backups/knowledge}" ;;
    configuration) printf '%s' "${BACKUP_CONFIGURATION_DIR:-data/backups/configuration}" ;;
  esac
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

test_redis() {
  need redis-check-rdb 'Debian: apt-get install redis-tools'
  local said
  said=$(redis-check-rdb "$plain_file") || die "$EX_NO_BACKUP" "backup $backup_id is no whole dump, as redis-check-rdb says."
  local keys
  keys=$(sed -n 's/^\[info\] \([0-9]*\) keys read$/\1/p' <<<"$said")
  if [[ -n $manifest && $keys != "$(json_field "$manifest" items)" ]]; then
    die "$EX_NO_BACKUP" "backup $backup_id has $keys keys instead of $(json_field "$manifest" items)."
  fi
  say "Good: backup $backup_id, $keys keys."
}

test_postgres() {
  need pg_restore 'Debian: apt-get install postgresql-client'
  # Reading all of it finds what was cut off, which its table of contents does not.
  pg_restore --file=/dev/null "$plain_file" 2>"$work/said" ||
    die "$EX_NO_BACKUP" "pg_restore cannot read backup $backup_id: $(head -n 1 "$work/said")"
  if [[ -z ${SCRATCH_SERVER:-} ]]; then
    say "Good: backup $backup_id can be read to its end. Set SCRATCH_SERVER to have it restored, too."
    return 0
  fi
  local code=0
  local scratch=reviver_test_backup_$$
  DATABASE_URL=$SCRATCH_SERVER "$(dirname "$0")/restore_postgres.sh" --database "$scratch" "$backup_file" >&2 || code=$?
  psql --no-psqlrc --quiet --dbname "$SCRATCH_SERVER" -c "DROP DATABASE IF EXISTS $scratch WITH (FORCE)" >/dev/null 2>&1 || true
  ((code == 0)) || exit "$([[ $code == "$EX_UNREACHABLE" ]] && echo "$EX_UNREACHABLE" || echo "$EX_NO_BACKUP")"
  say "Good: backup $backup_id was restored and counted."
}

# Its files are counted and not unpacked: there are secrets in them.
test_configuration() {
  need tar 'Debian: apt-get install tar'
  tar --list --file="$plain_file" >"$work/names" 2>"$work/said" ||
    die "$EX_NO_BACKUP" "tar cannot read backup $backup_id: $(head -n 1 "$work/said")"
  local files
  files=$(grep -vc '/$' "$work/names" || true)
  grep -qx '\(\./\)\{0,1\}contents\.json' "$work/names" || die "$EX_NO_BACKUP" "backup $backup_id does not say what is in it (contents.json)."
  if [[ -n $manifest && $files != "$(json_field "$manifest" items)" ]]; then
    die "$EX_NO_BACKUP" "backup $backup_id has $files files instead of $(json_field "$manifest" items)."
  fi
  say "Good: backup $backup_id, $files files. A start reads them, if \"reviver backup verify $backup_id\" says so."
}

test_one() {
  choose_backup "$2" "$(folder_of "$1")"
  open_backup "$work"
  case $plain_file in
    *.rdb) test_redis ;;
    *.dump) test_postgres ;;
    *.tar) test_configuration ;;
    *) die "$EX_USAGE" "$plain_file is none of .dump, .rdb and .tar" ;;
  esac
}

case ${1:-} in
  postgres | redis | knowledge | configuration) test_one "$1" "${2:-latest}" ;;
  -*) sed -n '2,/^set /{/^#/!d;s/^# \{0,1\}//;p}' "$0" >&2 && exit "$EX_USAGE" ;;
  '')
    tested=0
    for kind in postgres redis knowledge configuration; do
      [[ -n $(newest_manifest "$(folder_of "$kind")") ]] || continue
      test_one "$kind" latest
      tested=$((tested + 1))
    done
    ((tested > 0)) || die "$EX_NO_BACKUP" 'there is no complete backup of any kind.'
    ;;
  *)
    [[ -f $1 ]] || die "$EX_NO_BACKUP" "there is no file $1."
    test_one postgres "$1"
    ;;
esac
