#!/bin/sh
# CUPS as the kiosk wants it: our block at the end of cupsd.conf, its spool in memory. Safe to run twice.
#   usage: install.sh [ROOT]     (ROOT: an image instead of the running system)
set -eu
here=$(dirname "$(realpath "$0")")
root=${1:-}
conf=$root/etc/cups/cupsd.conf
install -D -m 644 "$here/service.conf" "$root/etc/systemd/system/cups.service.d/kios.conf"
[ -e "$conf" ] || { echo "note: no $conf yet; run this again once CUPS is installed" >&2; exit 0; }
sed -i '/^# --- kios: begin/,/^# --- kios: end/d' "$conf"
cat "$here/cupsd.conf" >> "$conf"
