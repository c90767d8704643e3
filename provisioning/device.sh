#!/bin/sh
# Install this checkout as a kiosk on a real device: the same steps as `make run`, then users, folders, credentials, units.
# Safe to run twice. Needs root and systemd. It does not enrol: docs/technician.md says what comes next.
#   usage: provisioning/device.sh [--root DIR]     (DIR: install into an image instead of the running system)
set -eu
top=$(realpath "$(dirname "$0")/..")
root=
[ "${1:-}" = --root ] && root=$(realpath "$2")
[ "$(id -u)" = 0 ] || { echo "run as root" >&2; exit 1; }

if [ -z "$root" ]; then
    sh "$top/provisioning/system_packages.sh" run window device
    sh "$top/provisioning/environment.sh" run
    "$top/.venv/bin/python" "$top/provisioning/assets/build.py"
fi

install -d -m 755 "$root/etc/kios" "$root/usr/lib/systemd/system" "$root/usr/lib/sysusers.d" "$root/usr/lib/tmpfiles.d"
install -d -m 755 "$root/usr/lib/udev/rules.d"
install -m 644 "$top"/systemd/*.service "$top"/systemd/*.target "$top"/systemd/*.path "$root/usr/lib/systemd/system/"
install -m 644 "$top"/systemd/*.rules "$root/usr/lib/udev/rules.d/"
install -m 644 "$top/systemd/kios.sysusers.conf" "$root/usr/lib/sysusers.d/kios.conf"
install -m 644 "$top/systemd/kios.tmpfiles.conf" "$root/usr/lib/tmpfiles.d/kios.conf"
[ -n "$root" ] || ln -sfn "$top" /opt/kios

sh "$top/provisioning/cups/install.sh" "$root"

systemd-sysusers ${root:+--root="$root"}
systemd-tmpfiles ${root:+--root="$root"} --create kios.conf
# A kiosk that sleeps serves nobody, and one that hibernates writes its memory, with whoever stands before it, to the swap.
systemctl ${root:+--root="$root"} mask sleep.target suspend.target hibernate.target hybrid-sleep.target suspend-then-hibernate.target
[ -n "$root" ] && exit 0

# The two keys, sealed to the TPM where there is one (else to the host, which is declared weaker), never in the clear on disk.
(cd "$top" && .venv/bin/python -m kiosk keys --dir /etc/kios --credentials /etc/kios)
# The A4 printer's queue: provisioning/a4_queue.sh A4 ipp://..., once its address is known.
# Each USB device gets the name of its role: provisioning/devices.py list, then provisioning/devices.py enrol struk 1-2.
systemctl daemon-reload
systemctl try-restart cups.service
udevadm control --reload
systemctl enable kios-ui.service kios-courier.service
systemctl enable --now kios-carrier.path kios-move.path
