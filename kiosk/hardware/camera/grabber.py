"""The grabber: a process of its own that does nothing but take the newest frame, so that a hung driver can be killed.

    python -m kiosk.hardware.camera.grabber URL DESCRIPTOR NUMBER STATUS

It opens, reads until nothing comes, and opens again, for ever, waiting a little longer each time up to a limit. It ends
when its standard input ends, which is when the kiosk ends, however that happens.
"""

import os
import sys
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import replace

from kiosk.hardware.camera.mailbox import SLOT_BYTES, Header, Mailbox, fresh
from kiosk.hardware.camera.protocol import Image
from kiosk.hardware.camera.sources import Opener, Source, opener
from kiosk.hardware.camera.watch import Status, is_black

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0
SLOW = 1.5  # seconds: a call that failed after this long was waiting for a device that is there but silent


def pause_after(failures: int) -> float:
    """Seconds to wait after this many failures in a row."""
    return float(min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(failures, 10)))


class Grabber:
    """``sleep(seconds)`` waits and says whether to end; ``now`` is monotonic."""

    def __init__(
        self, mailbox: Mailbox, *, now: Callable[[], float], sleep: Callable[[float], bool], begin: Header | None = None
    ) -> None:
        self._mailbox, self._now, self._sleep = mailbox, now, sleep
        self._header = begin or fresh(now())
        self._digest = -1
        self._mailbox.write(self._header)

    def run(self, open_source: Opener) -> None:
        """Grab until told to end."""
        failures = 0
        while True:
            before = self._header.number
            began = self._beat()
            source = open_source()
            if source is not None:
                began = self._stream(source)
            failures = 0 if self._header.number > before else failures + 1
            self._failed(self._now() - began)
            if self._rest(pause_after(failures)):
                return

    def _stream(self, source: Source) -> float:
        """Read until nothing comes. When the last, fruitless read began."""
        try:
            while True:
                began = self._beat()
                image = source.read()
                if image is None or image.nbytes > SLOT_BYTES:
                    return began
                self._publish(image)
                if self._sleep(0):
                    return began
        finally:
            source.close()

    def _publish(self, image: Image) -> None:
        now, sample = self._now(), image[::16, ::16]
        digest = zlib.crc32(image.data)
        same, black = digest == self._digest, is_black(float(sample.mean()), float(sample.std()))
        restarted = self._header.status != Status.STREAMING
        self._digest = digest
        self._header = replace(
            self._header,
            status=Status.STREAMING,
            number=self._header.number + 1,
            height=image.shape[0],
            width=image.shape[1],
            frame_at=now,
            beat_at=now,
            changed_at=self._header.changed_at if same and not restarted else now,
            lit_at=self._header.lit_at if black and not restarted else now,
        )
        self._mailbox.write(self._header, image)

    def _failed(self, waited: float) -> None:
        never = self._header.status in (Status.OPENING, Status.ABSENT)
        gone = Status.ABSENT if never else Status.LOST
        status = Status.HUNG if waited > SLOW else gone
        self._header = replace(self._header, status=status)
        self._beat()

    def _beat(self) -> float:
        now = self._now()
        self._header = replace(self._header, beat_at=now)
        self._mailbox.write(self._header)
        return now

    def _rest(self, seconds: float) -> bool:
        until = self._now() + seconds
        while self._now() < until:
            self._beat()
            if self._sleep(min(0.5, seconds)):
                return True
        return self._sleep(0)


def _end_with(stream: int) -> None:
    """End this process when the kiosk's end of the pipe closes, even while the driver hangs in a call."""
    while os.read(stream, 1):
        pass
    os._exit(0)


def main(url: str, descriptor: int, number: int, status: Status) -> None:
    """Grab ``url`` into the mailbox until standard input ends. ``number``, ``status``: where the last grabber stopped."""
    threading.Thread(target=_end_with, args=(sys.stdin.fileno(),), daemon=True).start()
    never = threading.Event()
    begin = fresh(time.monotonic(), number=number, status=status)
    Grabber(Mailbox(descriptor), now=time.monotonic, sleep=never.wait, begin=begin).run(opener(url))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Status(int(sys.argv[4])))
