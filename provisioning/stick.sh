#!/bin/sh
# USB sticks of a kiosk, below /media/kios: mounted for reading only, never to run anything from them; written only while the
# carrier runs (systemd/kios-carrier.service), so that a stick may be pulled out at any other moment.
#   usage: stick.sh mount NAME | unmount NAME | writable | readonly       (NAME: as the kernel calls it, sdb1)
set -eu
home=${KIOS_STICKS:-/media/kios}
safe=nosuid,nodev,noexec

# Files of a FAT stick belong to whom the mount says; other file systems have owners of their own.
options() {
    case "$1" in
        vfat) echo "$safe,ro,uid=kios-courier,gid=kios,umask=0007,shortname=mixed,utf8=1,flush" ;;
        exfat|ntfs3) echo "$safe,ro,uid=kios-courier,gid=kios,umask=0007" ;;
        ext2|ext3|ext4) echo "$safe,ro" ;;
        *) return 1 ;;
    esac
}

mounted() {
    [ ! -d "$home" ] || for place in "$home"/*; do
        if mountpoint -q "$place"; then echo "$place"; fi
    done
}

case "${1:-}" in
    mount)
        device=/dev/$2
        if findmnt -n --source "$device" > /dev/null || findmnt -n --fstab --evaluate --source "$device" > /dev/null; then
            echo "stick: $2 has its place already"
            exit 0
        fi
        type=$(blkid -o value -s TYPE "$device")
        [ "$type" != ntfs ] || type=ntfs3
        flags=$(options "$type") || { echo "stick: $2 has the file system $type, which no kiosk reads" >&2; exit 1; }
        mkdir -p "$home/$2"
        mount -t "$type" -o "$flags" "$device" "$home/$2"
        ;;
    unmount)
        if mountpoint -q "$home/$2"; then umount -l "$home/$2"; fi
        rmdir "$home/$2"
        ;;
    writable) mounted | while read -r place; do mount -o remount,rw,$safe "$place" || echo "stick: $place stays read-only" >&2; done ;;
    readonly) mounted | while read -r place; do mount -o remount,ro,$safe "$place" || echo "stick: $place stays writable" >&2; done ;;
    options) options "$2" ;;
    *) echo "usage: stick.sh mount NAME | unmount NAME | writable | readonly" >&2; exit 2 ;;
esac
