"""Inside the guest of test_residue_swap.py: somebody's words in the memory of processes, and a kernel that is made to swap them
out. One process is in a control group as systemd makes it for our units, the other in none.

    swap_guest.py MEMORY_SWAP_MAX       the guest's whole story; swaps on /dev/ubda and /dev/ubdb
    swap_guest.py hold                  a process that reads words backwards from its input, and keeps them
"""

import ctypes
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

WORDS = b"3312125508929917 LESTARI UJIMEMORI"[::-1]
PAGEOUT, PROCESS_MADVISE = 21, 440
GROUP = Path("/sys/fs/cgroup/kios")


class Range(ctypes.Structure):
    _fields_ = (("begin", ctypes.c_void_p), ("length", ctypes.c_size_t))


def hold() -> None:
    kept = [sys.stdin.buffer.readline().strip()[::-1] + bytes(4096) for _ in range(1)]
    sys.stdout.write("held\n")
    sys.stdout.flush()
    sys.stdin.buffer.read()
    del kept


def holder(group: Path | None) -> "subprocess.Popen[bytes]":
    """As systemd begins a unit: in its group before its program is loaded. What a process took before it came stays charged
    to where it came from, and goes to the swap by that group's rule."""
    words = [sys.executable, __file__, "hold"]
    if group is not None:
        words = ["sh", "-c", f'echo $$ > {group}/cgroup.procs && exec "$@"', "sh", *words]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(WORDS + b"\n")
    process.stdin.flush()
    process.stdout.readline()
    return process


def push_out(pid: int) -> None:
    """Every page of its own that may be swapped."""
    libc, handle = ctypes.CDLL(None, use_errno=True), os.pidfd_open(pid)
    for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
        places, rights, *_ = line.split()
        begin, end = (int(place, 16) for place in places.split("-"))
        if rights.startswith("rw"):
            part = Range(begin, end - begin)
            libc.syscall(PROCESS_MADVISE, handle, ctypes.byref(part), 1, PAGEOUT, 0)
    os.close(handle)


def swapped(device: str, group: Path | None) -> None:
    subprocess.run(["/usr/sbin/swapon", device], check=True)
    process = holder(group)
    push_out(process.pid)
    status = Path(f"/proc/{process.pid}/status").read_text()
    sys.stdout.write(f"{device} " + next(line for line in status.splitlines() if line.startswith("VmSwap")) + "\n")
    process.kill()
    process.wait()
    os.sync()
    subprocess.run(["/usr/sbin/swapoff", device], check=True)


def main(limit: str) -> None:
    subprocess.run(["mount", "-t", "proc", "proc", "/proc"], check=True)
    subprocess.run(["mount", "-t", "sysfs", "sys", "/sys"], check=True)
    subprocess.run(["mount", "-t", "cgroup2", "none", "/sys/fs/cgroup"], check=True)
    (GROUP.parent / "cgroup.subtree_control").write_text("+memory")
    GROUP.mkdir()
    (GROUP / "memory.swap.max").write_text(limit)
    swapped("/dev/ubda", None)
    swapped("/dev/ubdb", GROUP)
    sys.stdout.write("told\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1:] == ["hold"]:
        hold()
    else:
        with suppress(OSError):
            main(os.environ.get("LIMIT", "max"))
        subprocess.run(["/sbin/poweroff", "-f"], check=False)
