#!/bin/sh
# Install the Debian packages named in provisioning/packages/<list>.txt that are missing. Safe to run twice.
# As root it installs them; otherwise it prints the one line that does, and stops.
# A line: package, a command of it or -, and, where only one architecture of Debian has it, which: others do without it.
#   usage: system_packages.sh LIST...
set -eu
here=$(dirname "$(realpath "$0")")
missing=
for list in "$@"; do
    while read -r package command only; do
        case "$package" in ''|'#'*) continue ;; esac
        if [ -n "$only" ] && [ "$only" != "$(dpkg --print-architecture)" ]; then continue; fi
        if [ "${command:--}" != - ] && command -v "$command" >/dev/null 2>&1; then continue; fi
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' && continue
        missing="$missing $package"
    done < "$here/packages/$list.txt"
done
[ -n "$missing" ] || exit 0
install="apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" != 0 ]; then
    echo "Some Debian packages are missing. Run this, then try again:" >&2
    echo "  sudo sh -c 'apt-get update && $install'" >&2
    exit 1
fi
echo "Installing Debian packages:$missing"
log=$(mktemp)
export DEBIAN_FRONTEND=noninteractive
# A private policy keeps freshly installed services (PostgreSQL, CUPS, avahi) from starting by themselves.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then printf '#!/bin/sh\nexit 101\n' > "$policy"; chmod 755 "$policy"; trap 'rm -f "$policy"' EXIT; fi
# shellcheck disable=SC2086
if ! { apt-get update -qq && $install; } > "$log" 2>&1; then tail -20 "$log" >&2; echo "full log: $log" >&2; exit 1; fi
rm -f "$log"
