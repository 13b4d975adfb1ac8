"""Follows the log: a thread that folds whatever is appended, until it is stopped.

It also mends what it folds into: it opens tables anew whose handle DuckDB has given up, and builds those anew that
are due. The log is all that it needs for that.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress

import duckdb
import structlog

from eventlog.log import Chained, EventLog, Offsets, Unavailable
from projections.catalogue import catalogue
from projections.database import Database, DatabaseUnavailable, Due
from projections.engine import EVERYTHING, Moved
from projections.incoming import CHUNK_EVENTS, chunks, recalling

_WAIT_S = 0.1
_MANY, _LONGEST_GATHERING_S = 500, 1.5
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 30.0
_REOPENED_BEFORE_REBUILT = 3
_NOTED_EVERY_S = 10.0

Listener = Callable[[Moved], None]

Progress = Callable[[int, int], None]
"""Called with the number of events folded and the number in all."""

Rebuild = Callable[[EventLog, Database, Callable[[], AbstractContextManager[None]], Progress, int], None]
"""Builds a database's tables anew from a log and swaps them in, as `projections.replay.rebuild` does."""

_logger = structlog.get_logger(__name__)


class _Stopped(Exception):
    """The follower is to end while it builds tables."""


class Follower:
    """Keeps a database at the end of a log. Listeners are called in its thread after each commit."""

    def __init__(self, log: EventLog, database: Database, rebuild: Rebuild) -> None:
        self._log, self._rebuild = log, rebuild
        self._database = database
        self._folding = threading.Lock()
        self._progress = threading.Condition()
        self._offsets = dict(database.engine.offsets())
        self._listeners: list[Listener] = []
        self._stopping = threading.Event()
        self._hurried = threading.Event()  # somebody waits for a fold
        self._chunk_events = CHUNK_EVENTS
        self._reopened, self._noted_at = 0, time.monotonic()
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)
        self.failure: str | None = None

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finish the chunk at hand and end."""
        self._stopping.set()
        self._hurried.set()
        with self._progress:
            self._progress.notify_all()
        if self._thread.ident is not None:
            self._thread.join()

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` after each fold; returns what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @property
    def offsets(self) -> Offsets:
        """Where the tables stand."""
        return self._offsets

    def lag(self) -> int:
        """How many events of the log are not folded yet."""
        return sum(max(end - self._offsets.get(stream, 0), 0) for stream, end in self._log.ends().items())

    def expect_current(self) -> None:
        """Raise `DatabaseUnavailable` where what is appended now will not be folded for a good while."""
        due = self._database.due
        if due is not None:
            raise DatabaseUnavailable(
                f"{due.why}; {self._database.progress}. Until they stand nothing can be decided by them: "
                "send it again then. What stations and devices report is taken down meanwhile"
            )

    def build(self, progress: Progress | None = None) -> None:
        """Build the tables anew from the log beside those in use, and put them in their place."""

        def told(done: int, total: int) -> None:
            if self._stopping.is_set():
                raise _Stopped
            self._database.built = done, total
            if progress is not None:
                progress(done, total)

        self._rebuild(self._log, self._database, self.paused, told, self._chunk_events)
        tables = dict.fromkeys(catalogue().projections, 0)
        self._database.note_moved(tables)
        self._advance(Moved(self._offsets, tables, {}))

    def wait_for(self, offsets: Offsets, timeout_s: float) -> bool:
        """Block until all up to `offsets` is folded, or the time is over; whether it is."""
        if timeout_s > 0 and not self._reached(offsets):
            self._hurried.set()
        with self._progress:
            return self._progress.wait_for(
                lambda: self._stopping.is_set() or self._reached(offsets), timeout_s
            ) and self._reached(offsets)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Nothing is folded inside; behind it, wherever the database then stands is taken up."""
        with self._folding:
            yield
            self._database.note_moved([EVERYTHING])
            self._offsets = dict(self._database.engine.offsets())
        with self._progress:
            self._progress.notify_all()

    def _reached(self, offsets: Offsets) -> bool:
        return all(self._offsets.get(stream, 0) >= offset for stream, offset in offsets.items())

    def _run(self) -> None:
        pause_s = _FIRST_PAUSE_S
        while not self._stopping.is_set():
            try:
                self._mend()
                if self._log.wait(self._offsets, _WAIT_S):
                    self._catch_up()
                    self._reopened = 0
                    self._note_head(_NOTED_EVERY_S)
                self.failure, pause_s = None, _FIRST_PAUSE_S
                self._chunk_events = min(2 * self._chunk_events, CHUNK_EVENTS)
            except _Stopped:
                break
            except Exception as error:  # whatever it is, the stored offset is where to go on
                self.failure = f"{type(error).__name__}: {error}"
                self._chunk_events = max(self._chunk_events // 2, 1)  # it may have been too much for the memory
                _logger.exception("folding failed; it goes on from the stored offset", retry_in_s=pause_s)
                self._database.examine()
                self._stopping.wait(pause_s)
                pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
        with suppress(Unavailable, duckdb.Error):  # what is noted only proves more
            self._note_head()

    def _note_head(self, after_s: float = 0.0) -> None:
        """Note in the tables up to which head of the log's chain they hold all, where that was a while ago."""
        if (
            isinstance(self._log, Chained)
            and time.monotonic() - self._noted_at >= after_s
            and not self._database.due
        ):
            with self._folding:
                self._database.note_head(self._log.head_at(self._offsets))
            self._noted_at = time.monotonic()

    def _mend(self) -> None:
        """Open the tables anew where DuckDB has given them up, and build them anew where they are due.

        Those that are given up again and again, without a fold that holds between, are built anew too.
        """
        if self._database.broken:
            _logger.warning("DuckDB gave the tables up; they are opened anew", reason=self._database.broken)
            with self.paused():
                self._database.reopen()
            self._reopened += 1
            if self._reopened >= _REOPENED_BEFORE_REBUILT and self._database.due is None:
                self._reopened = 0
                self._database.due = Due(
                    "the tables failed again and again and are being built anew", readable=True
                )
        if self._database.due:
            self.build()

    def _catch_up(self) -> None:
        """Fold up to the log's end, a chunk at a time; a rebuild may swap the database between two."""
        grown = True
        while grown and not self._stopping.is_set():
            started, chunk = time.monotonic(), None
            self._hurried.clear()
            with self._folding:
                if self._database.broken:
                    return
                batches = self._log.read(self._offsets)
                chunk = next(chunks(batches, self._offsets, size=self._chunk_events), None)
                grown = chunk is not None
                if chunk is not None:
                    self._database.engine.recall = recalling(self._log)
                    moved = self._database.engine.fold(chunk)
                    self._database.note_moved(moved.tables)
                    self._advance(moved)
            if chunk is not None and _MANY <= chunk.events < self._chunk_events:
                # a fold costs nearly the same for many as for few: under a steady load, let more gather
                self._hurried.wait(min(3 * (time.monotonic() - started), _LONGEST_GATHERING_S))

    def _advance(self, moved: Moved) -> None:
        with self._progress:
            self._offsets = dict(moved.offsets)
            self._progress.notify_all()
        for listener in list(self._listeners):
            listener(moved)
