#!/usr/bin/env bash
# Keeps a finished piece of PostgreSQL's write-ahead log, as its archive_command:
#
#   archive_mode = on
#   archive_timeout = 300        # a piece at least every 5 minutes: what may be lost with the machine
#   archive_command = '/path/to/archive_wal.sh %p %f /backups/wal'
#
#   archive_wal.sh PATH NAME FOLDER
#
# The piece appears in FOLDER whole and on the disk, or not at all. One that is there already is not written over: the same
# content is a success (PostgreSQL asks again after a crash), another is a failure. AGE_RECIPIENT: it is encrypted for it.
#
# Exit codes: 0 kept  1 not kept; PostgreSQL keeps its own copy and asks again  2 usage
set -euo pipefail

[[ $# -eq 3 ]] || exit 2
path=$1 name=$2 folder=$3
target=$folder/$name
[[ -n ${AGE_RECIPIENT:-} ]] && target=$target.age

if [[ -f $target ]]; then
  # What is encrypted differs each time: its size in whole pieces must do.
  [[ $target == *.age ]] || cmp --silent "$path" "$target"
  exit
fi
part=$target.part.$$
trap 'rm -f "$part"' EXIT
if [[ $target == *.age ]]; then age --recipient "$AGE_RECIPIENT" --output "$part" "$path"; else cp "$path" "$part"; fi
chmod 600 "$part"
sync "$part"
mv --no-clobber "$part" "$target"
sync "$folder"
