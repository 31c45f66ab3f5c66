# shellcheck shell=bash
# Sourced by the scripts beside it: which backup is meant, whether it is whole, and its data without encryption.
# Sets: backup_file, backup_id, manifest (empty: there is none), plain_file.

# Each script uses some of them.
# shellcheck disable=SC2034
readonly EX_USAGE=2 EX_NO_BACKUP=3 EX_UNREACHABLE=4 EX_REFUSED=5 EX_FAILED=6 EX_NO_TOOL=7

say() { printf '%s\n' "$*" >&2; }

die() {
  local code=$1
  shift
  say "$(basename "$0"): $*"
  exit "$code"
}

need() {
  command -v "$1" >/dev/null 2>&1 || die "$EX_NO_TOOL" "$1 is not there. Install it ($2). Nothing was changed."
}

# The newest manifest below a folder; ids begin with the time, so that their order is that of time.
newest_manifest() {
  { find "$1" -name '*T*-*.json' -type f -printf '%f\t%p\n' 2>/dev/null || true; } | sort -r | head -n 1 | cut -f 2
}

# json_field FILE NAME: of a manifest as Reviver writes it, one field a line; the first one of that name.
json_field() {
  sed -n "s/^ *\"$2\": \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}$/\1/p" "$1" | head -n 1
}

# sealed_field FILE NAME: the same within "sealed".
sealed_field() {
  sed -n '/^ *"sealed": {/,/}/p' "$1" | sed -n "s/^ *\"$2\": \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}$/\1/p" | head -n 1
}

# choose_backup WANTED FOLDER: a file, an id, or "latest".
choose_backup() {
  local wanted=$1 folder=$2 base
  manifest=''
  if [[ -f $wanted ]]; then
    backup_file=$wanted
  elif [[ $wanted == latest ]]; then
    manifest=$(newest_manifest "$folder")
    [[ -n $manifest ]] || die "$EX_NO_BACKUP" "there is no complete backup below $folder. Nothing was changed."
  else
    manifest=$({ find "$folder" -name "$wanted.json" -type f 2>/dev/null || true; } | head -n 1)
    [[ -n $manifest ]] || die "$EX_NO_BACKUP" "there is no backup $wanted below $folder. Nothing was changed."
  fi
  if [[ -n $manifest ]]; then
    base=${manifest%.json}
    backup_file=$(find "$(dirname "$base")" -maxdepth 1 -type f \( -name "$(basename "$base").dump*" -o -name "$(basename "$base").rdb*" -o -name "$(basename "$base").tar*" \) ! -name '*.part' | head -n 1)
    [[ -n $backup_file ]] || die "$EX_NO_BACKUP" "the data of $(basename "$base") are missing. Nothing was changed."
  else
    base=${backup_file%.age}
    base=${base%.dump}
    base=${base%.rdb}
    base=${base%.tar}
    [[ -f $base.json ]] && manifest=$base.json
  fi
  backup_id=$(basename "$base")
  require_whole
}

# What lies there is what was written, byte for byte.
require_whole() {
  [[ -n $manifest ]] || {
    say "There is no manifest beside $backup_file: its checksum cannot be compared."
    return 0
  }
  local wanted found
  wanted=$(sealed_field "$manifest" sha256)
  [[ -n $wanted ]] || wanted=$(json_field "$manifest" sha256)
  found=$(sha256sum "$backup_file" | cut -d ' ' -f 1)
  [[ $wanted == "$found" ]] || die "$EX_NO_BACKUP" "backup $backup_id is damaged: its checksum does not match. Nothing was changed. Name an older one."
}

# open_backup FOLDER: the data as they were before they were encrypted.
open_backup() {
  plain_file=$backup_file
  [[ $backup_file == *.age ]] || return 0
  local name
  name=$(basename "${backup_file%.age}")
  plain_file=$1/$name
  rm -f "$plain_file"
  if [[ -n ${AGE_IDENTITY_FILE:-} ]]; then
    need age 'Debian: apt-get install age'
    age --decrypt -i "$AGE_IDENTITY_FILE" -o "$plain_file" "$backup_file" ||
      die "$EX_NO_BACKUP" "backup $backup_id cannot be decrypted with $AGE_IDENTITY_FILE. Nothing was changed."
  else
    # Intended: REVIVER may be several words, such as "node dist/src/main.js".
    # shellcheck disable=SC2086
    ${REVIVER:-reviver} backup open "$backup_id" "$plain_file" >&2 ||
      die "$EX_NO_BACKUP" "backup $backup_id cannot be decrypted. Set REVIVER_SECRET_KEY and REVIVER, or AGE_IDENTITY_FILE. Nothing was changed."
  fi
}
