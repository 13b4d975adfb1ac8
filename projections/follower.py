"""Follows the log: a thread that folds whatever is appended, until it is stopped."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from eventlog.log import EventLog, Offsets
from projections.database import Database
from projections.engine import Moved
from projections.incoming import CHUNK_EVENTS, chunks

_WAIT_S = 0.1
_MANY, _LONGEST_GATHERING_S = 500, 0.6
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 30.0

Listener = Callable[[Moved], None]

_logger = structlog.get_logger(__name__)


class Follower:
    """Keeps a database at the end of a log. Listeners are called in its thread after each commit."""

    def __init__(self, log: EventLog, database: Database) -> None:
        self._log = log
        self._database = database
        self._folding = threading.Lock()
        self._progress = threading.Condition()
        self._offsets = dict(database.engine.offsets())
        self._listeners: list[Listener] = []
        self._stopping = threading.Event()
        self._chunk_events = CHUNK_EVENTS
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)
        self.failure: str | None = None

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finish the chunk at hand and end."""
        self._stopping.set()
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
        return sum(end - self._offsets.get(stream, 0) for stream, end in self._log.ends().items())

    def wait_for(self, offsets: Offsets, timeout_s: float) -> bool:
        """Block until all up to `offsets` is folded, or the time is over; whether it is."""
        with self._progress:
            return self._progress.wait_for(
                lambda: self._stopping.is_set() or self._reached(offsets), timeout_s
            ) and self._reached(offsets)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Nothing is folded inside; behind it, wherever the database then stands is taken up."""
        with self._folding:
            yield
            self._offsets = dict(self._database.engine.offsets())
        with self._progress:
            self._progress.notify_all()

    def _reached(self, offsets: Offsets) -> bool:
        return all(self._offsets.get(stream, 0) >= offset for stream, offset in offsets.items())

    def _run(self) -> None:
        pause_s = _FIRST_PAUSE_S
        while not self._stopping.is_set():
            try:
                if self._log.wait(self._offsets, _WAIT_S):
                    self._catch_up()
                self.failure, pause_s = None, _FIRST_PAUSE_S
                self._chunk_events = min(2 * self._chunk_events, CHUNK_EVENTS)
            except Exception as error:  # whatever it is, the stored offset is where to go on
                self.failure = f"{type(error).__name__}: {error}"
                self._chunk_events = max(self._chunk_events // 2, 1)  # it may have been too much for the memory
                _logger.exception("folding failed; it goes on from the stored offset", retry_in_s=pause_s)
                self._stopping.wait(pause_s)
                pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    def _catch_up(self) -> None:
        """Fold up to the log's end, a chunk at a time; a rebuild may swap the database between two."""
        grown = True
        while grown and not self._stopping.is_set():
            started, chunk = time.monotonic(), None
            with self._folding:
                batches = self._log.read(self._offsets)
                chunk = next(chunks(batches, self._offsets, size=self._chunk_events), None)
                grown = chunk is not None
                if chunk is not None:
                    moved = self._database.engine.fold(chunk)
                    self._database.note_moved(moved.tables)
                    self._advance(moved)
            if chunk is not None and _MANY <= chunk.events < self._chunk_events:
                # a fold costs nearly the same for many as for few: under a steady load, let more gather
                self._stopping.wait(min(2 * (time.monotonic() - started), _LONGEST_GATHERING_S))

    def _advance(self, moved: Moved) -> None:
        with self._progress:
            self._offsets = dict(moved.offsets)
            self._progress.notify_all()
        for listener in list(self._listeners):
            listener(moved)
