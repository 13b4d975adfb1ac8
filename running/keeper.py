"""Archives by itself while a platform runs: old fine readings leave the tables, now and every few hours."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from running.archive import archive, kept_from
from running.failures import EXPECTED_FAILURES
from running.health import failing
from running.platform import Platform
from services.checks import local_day

_EVERY_S = 6 * 3600.0
_AGAIN_AFTER_S = 300.0

_logger = structlog.get_logger(__name__)


@contextmanager
def archiving(platform: Platform, months: int) -> Iterator[None]:
    """Archive what is older than so many months now and every few hours under the body; 0 does nothing."""
    keeper = Keeper(platform, months)
    if months:
        platform.health.watch("archive", failing("archive", lambda: keeper.failure))
        keeper.start()
    try:
        yield
    finally:
        keeper.stop()


class Keeper:
    """A thread that archives; `failure` says why it could not, until it could."""

    def __init__(self, platform: Platform, months: int) -> None:
        self._platform, self._months = platform, months
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="archive", daemon=True)
        self.failure: str | None = None

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End behind the day at hand."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            before = kept_from(local_day(self._platform.clock()), self._months)
            try:
                archive(self._platform, before, lambda *_: None, self._stopping.is_set)
                self.failure = None
            except EXPECTED_FAILURES as failure:
                self.failure = str(failure)
                _logger.warning("fine readings could not be archived", reason=self.failure)
            self._stopping.wait(_AGAIN_AFTER_S if self.failure else _EVERY_S)
