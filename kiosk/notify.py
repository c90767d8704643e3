"""systemd's notify protocol in a few lines: READY=1, WATCHDOG=1, STATUS=…. Silent where systemd is not."""

import os
import socket


def notify(state: str) -> bool:
    """Send one state to ``$NOTIFY_SOCKET``; False where there is none."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as link:
        link.sendto(state.encode(), address)
    return True
