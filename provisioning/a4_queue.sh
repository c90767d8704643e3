#!/bin/sh
# Make (or remake) the CUPS queue of an IPP Everywhere printer: A4, greys, one side. Safe to run twice.
# The generated default was Letter and colour when measured; CUPS_SERVER chooses another spooler.
#   usage: a4_queue.sh NAME ipp://printer/ipp/print
set -eu
PATH=$PATH:/usr/sbin:/sbin
lpadmin -p "$1" -E -v "$2" -m everywhere -o printer-error-policy=retry-current-job 2>/dev/null
# lpadmin returns before CUPS has written what the printer can do
tries=0
until lpoptions -p "$1" -l 2>/dev/null | grep -q '^PageSize'; do
    tries=$((tries + 1))
    [ "$tries" -lt 200 ] || { echo "the queue $1 did not get its options" >&2; exit 1; }
    sleep 0.1
done
for option in PageSize=A4 ColorModel=Gray Duplex=None; do
    lpadmin -p "$1" -o "$option" 2>/dev/null || echo "note: $2 has no ${option%%=*}" >&2
done
# last, because it says who may change the queue: the kiosk may start it again when it was stopped, root may do the rest
lpadmin -p "$1" -o printer-op-policy=kios 2>/dev/null || echo "note: CUPS has no policy kios; run provisioning/cups/install.sh" >&2
