#!/bin/sh
# First program of the guest (guest.py): disks, the line, then everything of kiosk and centre in one start of Python.
# The root is the host's, read-only: what must be written lies in memory or on the two disks that lose their power.
set -u
mount -t proc proc /proc
mount -t tmpfs tmpfs /run
mkdir /run/kiosk /run/centre /run/tmp
mount -t ext4 /dev/ubda /run/kiosk && mount -t ext4 /dev/ubdb /run/centre || echo "no disks"
ip link set lo up mtu 1500
if [ -n "$LINE" ]; then
    insmod "/usr/lib/uml/modules/$(uname -r)/kernel/net/sched/sch_netem.ko"
    # else a loss would take super-packets of 64 KB
    ethtool -K lo tso off gso off gro off
    # shellcheck disable=SC2086
    tc qdisc add dev lo root netem $LINE limit 200 && echo "@@ LINE"
fi
cd "$TOP" && "$PYTHON" -S -m tests.powercuts.inside
umount /run/kiosk && umount /run/centre && echo "@@ UNMOUNTED"
poweroff -f
