#!/bin/sh
# Everything the tests drive and we did not write: CUPS with ippeveprinter, emupos, other people's tus. Safe to run twice.
set -eu
here=$(dirname "$(realpath "$0")")
top=$(realpath "$here/../..")
cache=$top/.cache/simulators
sh "$top/provisioning/system_packages.sh" simulators

tus=$cache/tus
want=$(cat "$here/tus/package.json" "$here/tus/package-lock.json" "$here/tus/.npmrc" "$0" | sha256sum | cut -d' ' -f1)
if [ "$(cat "$tus/.locked" 2>/dev/null || true)" != "$want" ]; then
    echo "Installing other people's tus clients and servers ..."
    rm -rf "$tus"
    mkdir -p "$tus"
    cp "$here/tus/package.json" "$here/tus/package-lock.json" "$here/tus/.npmrc" "$tus"
    (cd "$tus" && npm ci --no-progress --loglevel=error)
    echo "$want" > "$tus/.locked"
fi

site=$cache/emupos
stamp=$site/.locked
want=$(cat "$here/emupos.lock" "$here/python313.sh" "$0" | sha256sum | cut -d' ' -f1)
[ "$(cat "$stamp" 2>/dev/null || true)" = "$want" ] && exit 0
echo "Installing the receipt printer's simulator (emupos) ..."
mkdir -p "$cache"
python=$(sh "$here/python313.sh" "$cache/python")
rm -rf "$site"
machine=$(uname -m)
"$top/.venv/bin/python" -m pip install --quiet --quiet --disable-pip-version-check --target "$site" --python-version 3.13 \
    --only-binary=:all: --platform "manylinux_2_28_$machine" --platform "manylinux2014_$machine" \
    --platform "manylinux_2_17_$machine" --platform any --require-hashes --no-deps --ignore-requires-python -r "$here/emupos.lock"
echo "$python" > "$site/.python"
echo "$want" > "$stamp"
