#!/bin/sh
# Lock every set by version and hash (needs uv: `pip install uv`). One resolution: the other sets are constrained by test.lock.
set -eu
cd "$(dirname "$0")"
options="--quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links"
# shellcheck disable=SC2086
uv pip compile $options test.in -o test.lock
# shellcheck disable=SC2086
for set in run kiosk centre; do uv pip compile $options -c test.lock $set.in -o $set.lock; done
