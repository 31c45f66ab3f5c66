#!/usr/bin/env bash
# Makes a PostgreSQL data folder as it was at a moment, from a base backup and the write-ahead log since. It starts no
# server and touches no other folder.
#
#   restore_point_in_time.sh --data-dir NEW [--to "2026-11-22 03:00:00+00"] [--base FOLDER]
#
#   --data-dir NEW    a folder that is not there yet, or one that an interrupted run of this script has begun
#   --to TIME         stop right before this moment, such as that of a wrong DELETE (default: the end of the log)
#   --base FOLDER     which base backup (default: the newest whole one, with --to the newest one before that moment)
#
# Environment: BACKUP_BASE_DIR (default data/backups/base), BACKUP_WAL_DIR (default data/backups/wal), PG_BIN (where
#   pg_verifybackup is, default: the PATH or Debian's folder); of an encrypted log AGE_IDENTITY_FILE
#
# Then start the server with this folder. It reads the log to that moment, and is open for writing after it.
#
# Exit codes: 0 made  2 usage  3 no base backup that fits, or a damaged one  5 refused: the folder has other content
#   6 could not be made  7 a program is missing
set -euo pipefail

# shellcheck source=scripts/backup/chosen_backup.sh
source "$(dirname "$0")/chosen_backup.sh"

usage() {
  sed -n '2,/^set /{/^#/!d;s/^# \{0,1\}//;p}' "$0" >&2
  exit "$EX_USAGE"
}

data='' to='' base=''
while (($#)); do
  [[ $# -ge 2 ]] || usage
  case $1 in
    --data-dir) data=$2 ;;
    --to) to=$2 ;;
    --base) base=$2 ;;
    *) usage ;;
  esac
  shift 2
done
[[ -n $data ]] || usage
wal=$(realpath "${BACKUP_WAL_DIR:-data/backups/wal}")
bases=${BACKUP_BASE_DIR:-data/backups/base}
marker=$data.restoring

# Base backups are named after their end, before which they are not whole: 20261122T030000Z.
if [[ -z $base ]]; then
  last=99999999T999999Z
  [[ -z $to ]] || last=$(date -u -d "$to" +%Y%m%dT%H%M%SZ) || usage
  for one in "$bases"/[0-9]*T[0-9]*Z; do
    [[ -f $one/backup_manifest && ! $(basename "$one") > $last ]] && base=$one
  done
fi
[[ -n $base && -f $base/backup_manifest ]] ||
  die "$EX_NO_BACKUP" "there is no whole base backup that fits in $bases. Nothing was changed."

if [[ -e $data && ! -e $marker && -n $(ls -A "$data") ]]; then
  die "$EX_REFUSED" "$data has content. Nothing was changed. Name a new folder; damaged data are kept, never removed."
fi

verify=${PG_BIN:+$PG_BIN/}pg_verifybackup
if ! command -v "$verify" >/dev/null; then
  verify=$(find /usr/lib/postgresql/*/bin/pg_verifybackup 2>/dev/null | sort -V | tail -n 1 || true)
fi
[[ -n $verify ]] || die "$EX_NO_TOOL" 'pg_verifybackup is not there. Install it (Debian: apt-get install postgresql). Nothing was changed.'
"$verify" --quiet --no-parse-wal "$base" || die "$EX_NO_BACKUP" "the base backup $base is damaged. Nothing was changed. Name an older one."

# What an interrupted run has left is its own, and made anew.
: >"$marker"
rm -rf "$data"
cp -a --reflink=auto "$base" "$data" || die "$EX_FAILED" "$base could not be copied to $data. The base backup is as it was."
rm -f "$data/backup_manifest"
fetch="cp '$wal/%f' '%p'"
[[ -z ${AGE_IDENTITY_FILE:-} ]] || fetch="age --decrypt -i '$(realpath "$AGE_IDENTITY_FILE")' -o '%p' '$wal/%f.age'"
{
  printf "\n# Written by restore_point_in_time.sh\nrestore_command = '%s'\n" "${fetch//\'/\'\'}"
  printf "recovery_target_action = 'promote'\n"
  [[ -z $to ]] || printf "recovery_target_time = '%s'\nrecovery_target_inclusive = off\n" "$to"
} >>"$data/postgresql.auto.conf"
: >"$data/recovery.signal"
chown --reference="$base" "$data/postgresql.auto.conf" "$data/recovery.signal" 2>/dev/null || true
chmod 700 "$data"
sync "$data"
rm -f "$marker"
say "$data is ready from the base backup $(basename "$base")${to:+, up to $to}. Start PostgreSQL with it now."
