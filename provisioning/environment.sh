#!/bin/sh
# Build the Python environment .venv from requirements/<lock>.lock, by hash. Safe to run twice: does nothing when up to date.
# Debian's own python3 is used, with its site packages, because GTK's bindings (python3-gi) live there.
#   usage: environment.sh run|test
set -eu
top=$(realpath "$(dirname "$0")/..")
lock=$top/requirements/$1.lock
venv=$top/.venv
python=/usr/bin/python3
stamp=$venv/.locked-$1
want=$(cat "$lock" "$0" | sha256sum | cut -d' ' -f1)-$($python -V | cut -d' ' -f2)
[ "$(cat "$stamp" 2>/dev/null || true)" = "$want" ] && exit 0
[ "$1" = run ] && [ "$(cat "$venv/.locked-test" 2>/dev/null | cut -d- -f2)" = "$($python -V | cut -d' ' -f2)" ] && [ "$venv/.locked-test" -nt "$top/requirements/test.lock" ] && exit 0
[ -x "$venv/bin/python" ] || $python -m venv --system-site-packages "$venv"
echo "Building the Python environment ($1) ..."
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
echo "$want" > "$stamp"
