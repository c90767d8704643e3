#!/bin/sh
# A private CPython >= 3.13 for simulators that need one: Debian 13's own, or on Debian 12 the next release's packages,
# downloaded by apt with private state, unpacked into DIR and never installed. Prints the interpreter's path.
#   usage: python313.sh DIR
set -eu
dir=$(realpath -m "$1")
if /usr/bin/python3 -c 'import sys; sys.exit(sys.version_info < (3, 13))'; then echo /usr/bin/python3; exit 0; fi
run=$dir/python313
if [ -x "$run" ]; then echo "$run"; exit 0; fi
mkdir -p "$dir/state/lists/partial" "$dir/cache/archives/partial" "$dir/debs" "$dir/root"
# the machine's own package source, with the release's name changed
source=$(apt-get indextargets --format '$(REPO_URI)' | grep '/debian/\{0,1\}$' | head -n 1)
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $source trixie main" > "$dir/source.list"
apt="-qq -o Dir::Etc::sourcelist=$dir/source.list -o Dir::Etc::sourceparts=- -o Dir::State::Lists=$dir/state/lists -o Dir::Cache=$dir/cache -o APT::Sandbox::User=root"
# shellcheck disable=SC2086
apt-get $apt update >&2
cd "$dir/debs"
# shellcheck disable=SC2086
apt-get $apt download libpython3.13-minimal python3.13-minimal libpython3.13-stdlib libc6 libexpat1 zlib1g libssl3t64 \
    libsqlite3-0 libffi8 libbz2-1.0 liblzma5 libncursesw6 libtinfo6 libreadline8t64 libuuid1 libzstd1 libgcc-s1 \
    libstdc++6 libgdbm6t64 >&2
for package in *.deb; do dpkg -x "$package" "$dir/root"; done
loader=$(find "$dir/root/usr/lib" "$dir/root/usr/lib64" -name 'ld-linux-*.so.*' 2>/dev/null | head -n 1)
libraries=$(dirname "$(find "$dir/root/usr/lib" -name 'libc.so.6' | head -n 1)")
cat > "$run.tmp" <<EOF
#!/bin/sh
exec env PYTHONHOME=$dir/root/usr "$loader" --library-path "$libraries" "$dir/root/usr/bin/python3.13" "\$@"
EOF
chmod 755 "$run.tmp"
mv "$run.tmp" "$run"
echo "$run"
