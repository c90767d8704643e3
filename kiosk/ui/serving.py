"""The pages on loopback: waitress in a thread of its own, and an end to it that leaves no socket and no thread behind."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import waitress
from waitress import wasyncore
from waitress.task import ThreadedTaskDispatcher

PATIENCE_S = 5.0  # for a request that is being answered
IDLE_S = 1.0  # without a word either way


@dataclass(frozen=True, slots=True)
class Served:
    """Where, how to stop it, and how to let go of connections that are kept for nobody: each holds its last answer."""

    port: int
    stop: Callable[[], None]
    drop_idle: Callable[[], None]


class LetGo:
    """A connection whose request is to be answered, for one thread. waitress's idle threads hold what they did last until they
    are given something else: the connection, and so its last answer. They hold an empty one of these instead."""

    __slots__ = ("_after", "_task")

    def __init__(self, task: Any, after: Callable[[], None]) -> None:
        self._task, self._after = task, after

    def service(self) -> None:
        task, self._task = self._task, None
        try:
            task.service()
        finally:
            del task
            self._after()

    def cancel(self) -> None:
        self._task.cancel()


class Dispatcher(ThreadedTaskDispatcher):  # type: ignore[misc]  # waitress ships no types
    """waitress's threads, which let go of what they did and call ``after`` when they have done it."""

    def __init__(self, threads: int, after: Callable[[], None]) -> None:
        super().__init__()
        self._after = after
        self.set_thread_count(threads)

    def add_task(self, task: Any) -> None:
        super().add_task(LetGo(task, self._after))


def serve(
    app: Callable[..., Any],
    *,
    port: int = 0,
    threads: int = 4,
    idle_s: float = IDLE_S,
    after: Callable[[], None] = lambda: None,
) -> Served:
    """Answer on 127.0.0.1; port 0 takes a free one. ``idle_s``: from when on a silent connection may be dropped; ``after``:
    called by each thread when it has answered.

    Raises OSError when the port is taken.
    """
    dispatcher = Dispatcher(threads, after)
    try:
        server: Any = waitress.create_server(app, host="127.0.0.1", port=port, threads=threads, _dispatcher=dispatcher)
    except OSError:
        dispatcher.shutdown(timeout=PATIENCE_S)
        raise
    loop = threading.Thread(target=server.run, name=f"pages-{server.effective_port}", daemon=True)
    loop.start()
    in_loop: Callable[[Callable[[], None]], None] = server.trigger.pull_trigger

    def close_sockets() -> None:
        wasyncore.dispatcher.close(server)
        for channel in list(server.active_channels.values()):
            channel.handle_close()

    def close_idle() -> None:
        now = time.time()
        for channel in list(server.active_channels.values()):
            waits = not (channel.requests or channel.request or channel.total_outbufs_len)
            if waits and now - channel.last_activity > idle_s:  # a browser opens another
                channel.handle_close()

    def stop() -> None:
        """waitress's own close() takes the sockets from under its loop, which then polls numbers that are no longer open
        ("Bad file descriptor", or worse: someone else's file). So the loop closes them itself: first those of the clients,
        which ends the answers that are still being written; then, when nobody answers any more, it lets go of the pipe that
        wakes it, and ends. The pipe itself is closed last: we may still be writing to it when the loop has done what we ask."""
        in_loop(close_sockets)
        server.task_dispatcher.shutdown(timeout=PATIENCE_S)
        in_loop(server.trigger.del_channel)
        loop.join(PATIENCE_S)
        server.trigger.close()

    return Served(int(server.effective_port), stop, lambda: in_loop(close_idle))
