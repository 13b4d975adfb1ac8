"""The end of a process that was told to stop: in order where it can, and within bounds whatever hangs."""

import os
import sys
import threading
from collections.abc import Callable
from typing import Any

import uvicorn

_LONGEST_S = 20.0


def _leave() -> None:  # pragma: no cover  (the process is gone)
    sys.stderr.write(
        "env1357: it did not end in time, and leaves as it stands: what was acknowledged is in the log\n"
    )
    sys.stderr.flush()
    os._exit(1)


class EndingServer(uvicorn.Server):
    """uvicorn's server; from the signal to stop on, the process has some seconds, then it is gone."""

    longest_s = _LONGEST_S
    leave: Callable[[], None] = staticmethod(_leave)

    def handle_exit(self, sig: int, frame: Any) -> None:
        if not self.should_exit:
            last = threading.Timer(self.longest_s, self.leave)
            last.daemon = True
            last.start()
        super().handle_exit(sig, frame)
