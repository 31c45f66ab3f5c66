#!/usr/bin/env bash
# Brings a PostgreSQL database back from a backup, also without Reviver.
#
#   restore_postgres.sh [--force] [--tables] [--database NAME] [BACKUP]
#
# BACKUP is a file, an id, or "latest" (the default): the newest complete one below BACKUP_POSTGRES_DIR.
#   --database NAME   which one to restore (default: the one in the URL)
#   --force           also when the database is there and has tables; it is kept under another name all the same
#   --tables          put the tables of the backup back into the database as it is, such as those of a knowledge backup
#
# Environment: DATABASE_URL, or POSTGRES_HOST, POSTGRES_PORT, POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB
#   BACKUP_POSTGRES_DIR (default data/backups/postgres; with --tables BACKUP_KNOWLEDGE_DIR, data/backups/knowledge)
#   of encrypted ones: REVIVER_SECRET_KEY and REVIVER (default "reviver"), or AGE_IDENTITY_FILE
#
# The backup is restored into a new database beside the present one, and its rows are counted against the manifest. Then
# both are exchanged in one transaction. Killed before that, nothing has changed, and a second run begins anew; after it,
# a second run says that it was done.
#
# Exit codes: 0 restored (or was before)  2 usage  3 no such backup, or damaged  4 the server cannot be reached
#   5 refused: the database is there  6 could not be restored, and is as it was before  7 a program is missing
set -euo pipefail

# shellcheck source=scripts/backup/chosen_backup.sh
source "$(dirname "$0")/chosen_backup.sh"

usage() {
  sed -n '2,/^set /{/^#/!d;s/^# \{0,1\}//;p}' "$0" >&2
  exit "$EX_USAGE"
}

force=no tables=no database='' wanted=latest
while (($#)); do
  case $1 in
    --force) force=yes ;;
    --tables) tables=yes ;;
    --database)
      [[ $# -ge 2 ]] || usage
      database=$2
      shift
      ;;
    -*) usage ;;
    *) wanted=$1 ;;
  esac
  shift
done

need psql 'Debian: apt-get install postgresql-client'
need pg_restore 'Debian: apt-get install postgresql-client'

if [[ -n ${DATABASE_URL:-} ]]; then
  server=${DATABASE_URL%%\?*}
  options=''
  [[ $DATABASE_URL == *\?* ]] && options="?${DATABASE_URL#*\?}"
  [[ -n $database ]] || database=${server##*/}
  server=${server%/*}
else
  export PGHOST=${POSTGRES_HOST:-127.0.0.1} PGPORT=${POSTGRES_PORT:-5432}
  export PGUSER=${POSTGRES_USER:-postgres} PGPASSWORD=${POSTGRES_PASSWORD:-}
  [[ -n $database ]] || database=${POSTGRES_DB:-}
fi
[[ -n $database ]] || usage

# at DATABASE: how programs are told where it is. The password is in no argument, which everybody may read.
at() {
  if [[ -n ${DATABASE_URL:-} ]]; then printf '%s' "$bare/$1$options"; else printf 'dbname=%s' "$1"; fi
}
if [[ -n ${DATABASE_URL:-} ]]; then
  bare=$server
  if [[ $server =~ ^([a-z]+://)([^:@/]*):([^@/]*)@(.*)$ ]]; then
    bare="${BASH_REMATCH[1]}${BASH_REMATCH[2]}@${BASH_REMATCH[4]}"
    encoded=${BASH_REMATCH[3]}
    PGPASSWORD=$(printf '%b' "${encoded//%/\\x}")
    export PGPASSWORD
  fi
fi
export PGCONNECT_TIMEOUT=10 PGAPPNAME=restore_postgres.sh

sql() { psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --dbname "$(at "$1")" "${@:2}"; }

# ask TEXT [OTHER]: on the maintenance database, with :name, :incoming, :note and :other.
ask() {
  printf '%s\n' "$1" | sql "$maintenance" --set "name=$database" --set "incoming=$incoming" --set "other=${2:-}" --set "note=$note"
}

maintenance=postgres
[[ $database == postgres ]] && maintenance=template1
# Names of PostgreSQL have at most 63 bytes.
incoming=$(printf '%.50s' "$database")_restoring

folder=${BACKUP_POSTGRES_DIR:-data/backups/postgres}
[[ $tables == yes ]] && folder=${BACKUP_KNOWLEDGE_DIR:-data/backups/knowledge}
choose_backup "$wanted" "$folder"
note="restored from backup $backup_id"

ask 'SELECT 1' >/dev/null 2>&1 ||
  die "$EX_UNREACHABLE" "the server does not answer, or refuses this user. Start it first. Nothing was changed."

state=$(ask "SELECT coalesce((SELECT coalesce(shobj_description(oid, 'pg_database'), 'there') FROM pg_database WHERE datname = :'name'), 'gone')")
has_tables=0
if [[ $state != gone ]]; then
  has_tables=$(sql "$database" -c "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'" 2>/dev/null || echo 0)
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

if [[ $tables == yes ]]; then
  [[ $state != gone ]] || die "$EX_REFUSED" "there is no database $database to put tables into. Nothing was changed."
  if [[ $force != yes ]]; then
    die "$EX_REFUSED" "the tables of backup $backup_id would replace those of $database. Give --force when that is meant. Nothing was changed."
  fi
  open_backup "$work"
  pg_restore --clean --if-exists --exit-on-error --single-transaction --no-owner --dbname "$(at "$database")" "$plain_file" ||
    die "$EX_FAILED" "the tables of backup $backup_id could not be restored; $database is as it was before."
  say "The tables of backup $backup_id are in $database."
  exit 0
fi

if [[ $state == "$note" && $force != yes ]]; then
  say "$database was $note before. There is nothing to do."
  exit 0
fi
if ((has_tables > 0)) && [[ $force != yes ]]; then
  die "$EX_REFUSED" "$database is there and has $has_tables tables. Nothing was changed. Give --force to exchange it; it is kept under another name."
fi

open_backup "$work"
pg_restore --list "$plain_file" >/dev/null ||
  die "$EX_NO_BACKUP" "pg_restore cannot read backup $backup_id. Nothing was changed. Name an older one."

say "Restoring backup $backup_id beside $database ..."
ask 'DROP DATABASE IF EXISTS :"incoming" WITH (FORCE)' 2>/dev/null
ask 'CREATE DATABASE :"incoming" TEMPLATE template0' ||
  die "$EX_FAILED" "this user may not make a database. $database is as it was before."
if ! pg_restore --exit-on-error --single-transaction --no-owner --no-privileges --dbname "$(at "$incoming")" "$plain_file"; then
  ask 'DROP DATABASE IF EXISTS :"incoming" WITH (FORCE)'
  die "$EX_FAILED" "backup $backup_id could not be restored; $database is as it was before."
fi

# The manifest has the rows of each table as they were counted when the backup was made.
if [[ -n $manifest ]] && grep -q '"tables": {' "$manifest"; then
  difference=$(sql "$incoming" --set "manifest=$(cat "$manifest")" <<'SQL'
SELECT coalesce(string_agg(format('%s: %s instead of %s', wanted.key, coalesce(found.rows, 'none'), wanted.value), '; '), '')
FROM json_each_text((:'manifest')::json -> 'postgres' -> 'tables') wanted
LEFT JOIN (
  SELECT n.nspname || '.' || c.relname AS name,
    (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %I.%I', n.nspname, c.relname), false, true, '')))[1]::text AS rows
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
) found ON found.name = wanted.key
WHERE found.rows IS DISTINCT FROM wanted.value
SQL
  )
  if [[ -n $difference ]]; then
    ask 'DROP DATABASE IF EXISTS :"incoming" WITH (FORCE)'
    die "$EX_FAILED" "restored, backup $backup_id has other rows than its manifest says ($difference). $database is as it was before."
  fi
  say 'The rows of each table are those that were counted when the backup was made.'
fi
ask 'COMMENT ON DATABASE :"incoming" IS :'"'note'"

before=$(printf '%.40s' "$database")_before_$(date -u +%Y%m%dt%H%M%S)
if [[ $state == gone ]]; then
  ask 'ALTER DATABASE :"incoming" RENAME TO :"name"'
else
  # Nobody can give another name to a database that people are connected to, and some come back at once.
  exchange="SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE datname = :'name';
    BEGIN; ALTER DATABASE :\"name\" RENAME TO :\"other\"; ALTER DATABASE :\"incoming\" RENAME TO :\"name\"; COMMIT;"
  for tries in {1..20}; do
    ask "$exchange" "$before" >/dev/null 2>"$work/said" && break
    ((tries < 20)) || die "$EX_FAILED" "$database is in use all the time: stop what uses it, and run this again. It is as it was before. $(head -n 1 "$work/said")"
  done
  say "What was there before is kept as the database $before; drop it when nobody needs it."
fi
say "$database has its data from backup $backup_id."
