"""The embedded log: one SQLite file that any number of processes read while they write in turn."""

import sqlite3
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from eventlog import chain
from eventlog.chain import Head
from eventlog.codec import decode_envelopes
from eventlog.log import Batch, Draft, LogDamaged, LogUnavailable, Offsets, Stream

_APPLICATION_ID = 0x1357
_BUSY_S = 30.0
_POLL_S = 0.02
_PAGE_BYTES = 8 * 1024 * 1024
_BATCH_BYTES = 1024 * 1024

_LAYOUT = (
    """
    CREATE TABLE batch (
      position    INTEGER PRIMARY KEY,
      topic       TEXT    NOT NULL,
      base_offset INTEGER NOT NULL,
      schema_id   INTEGER NOT NULL,
      count       INTEGER NOT NULL CHECK (count > 0),
      datums      BLOB    NOT NULL,
      chain       BLOB    NOT NULL CHECK (length(chain) = 32),
      UNIQUE (topic, base_offset)
    ) STRICT
    """,
    """
    CREATE TRIGGER batch_is_never_changed BEFORE UPDATE ON batch
    BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END
    """,
    """
    CREATE TRIGGER batch_is_never_removed BEFORE DELETE ON batch
    BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END
    """,
)

_ENDS = """
WITH RECURSIVE t(topic) AS (
  SELECT min(topic) FROM batch
  UNION ALL SELECT (SELECT min(topic) FROM batch WHERE topic > t.topic) FROM t WHERE topic IS NOT NULL)
SELECT topic, (SELECT base_offset + count FROM batch AS b WHERE b.topic = t.topic
               ORDER BY base_offset DESC LIMIT 1)
FROM t WHERE topic IS NOT NULL
"""


@dataclass
class _Ticket:
    """One caller's drafts in the queue of the next commit, and what became of them."""

    drafts: Sequence[Draft]
    written: dict[Stream, int] = field(default_factory=dict)
    error: Exception | None = None
    done: bool = False


class EmbeddedLog:
    """`EventLog` in one SQLite file.

    Appends of concurrent threads share a commit; those of other processes wait for their turn.
    """

    def __init__(self, path: Path) -> None:
        """Open the log, creating it where there is none. Raises `LogUnavailable` or `LogDamaged`."""
        self.path = path
        self._queue: list[_Ticket] = []
        self._queue_lock = threading.Lock()
        self._writer_lock = threading.Lock()
        self._grown = threading.Condition()
        self._closed = False
        try:
            self._writer = self._connect()
            self._create()
        except sqlite3.DatabaseError as error:
            raise _translated(error, path) from error

    def append(self, drafts: Sequence[Draft]) -> Offsets:
        ticket = _Ticket(drafts)
        with self._queue_lock:
            self._queue.append(ticket)
        with self._writer_lock:
            if not ticket.done:
                self._commit_waiting()
        if ticket.error:
            raise ticket.error
        with self._grown:
            self._grown.notify_all()
        return ticket.written

    def read(self, after: Offsets) -> Iterator[Batch]:
        with self._reading() as connection:
            position = _first_position(connection, after)
            while position <= _newest(connection):
                # Read on in pages: a read transaction held for long would let SQLite's WAL grow.
                for at, batch in _page(connection, position):
                    if batch.end > after.get(batch.stream, 0):
                        yield batch
                    position = at + 1

    def ends(self) -> Offsets:
        with self._reading() as connection:
            return _ends(connection)

    def wait(self, seen: Offsets, timeout_s: float) -> bool:
        deadline = time.monotonic() + timeout_s
        with self._reading() as connection:
            while not _beyond(_ends(connection), seen):
                left = deadline - time.monotonic()
                if left <= 0 or self._closed:
                    return False
                with self._grown:
                    self._grown.wait(min(left, _POLL_S))
            return True

    def since(self, moment: datetime) -> Offsets:
        """Found by looking at each event's `recorded_at` in turn: as slow as reading the log."""
        found: dict[Stream, int] = dict(self.ends())
        open_streams = set(found)
        for batch in self.read({}):
            if batch.stream in open_streams:
                for offset, fields in enumerate(decode_envelopes(batch), batch.base_offset):
                    if fields is not None and fields["recorded_at"] >= moment:
                        found[batch.stream] = offset
                        open_streams.discard(batch.stream)
                        break
        return found

    def summary(self) -> list[tuple[Stream, int, int, int, int]]:
        """For each stream and schema: (stream, schema id, events, batches, bytes of datums)."""
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT topic, schema_id, sum(count), count(*), sum(length(datums)) FROM batch"
                " GROUP BY topic, schema_id ORDER BY topic, schema_id"
            ).fetchall()
        return [(Stream(topic), *numbers) for topic, *numbers in rows]

    def head(self) -> Head:
        """The end of the hash chain now."""
        with self._reading() as connection:
            return _head(connection, _newest(connection))

    def head_at(self, offsets: Offsets) -> Head:
        """The last head up to which nothing stands behind `offsets`."""
        with self._reading() as connection:
            return _head(connection, _first_position(connection, offsets) - 1)

    def passes(self, head: Head) -> bool:
        """Whether the chain goes through a head that was noted earlier, as far as it says of itself."""
        with self._reading() as connection:
            return _head(connection, head.position) == head

    def settle(self) -> None:
        """Bring what was written from SQLite's WAL into the file itself, as far as nobody has to wait for that."""
        with self._connected() as connection:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def copy(self, target: Path) -> None:
        """Write the log as it stands at one moment into a new file; appends go on meanwhile."""
        with self._reading() as connection, closing(sqlite3.connect(target)) as copied:
            connection.backup(copied)

    def check(self, noted: Collection[Head] = ()) -> Iterator[tuple[int, int]]:
        """Walk the hash chain, yielding (batches that hold, batches in all) as it goes, then SQLite's own pages.

        Raises `LogDamaged` at the first batch that is not what was written, and where a head that was `noted`
        earlier does not stand in the chain: then the past was rewritten.
        """
        with self._reading() as connection:
            total = _newest(connection)
            rows = connection.execute(
                "SELECT position, topic, base_offset, schema_id, count, datums, chain FROM batch ORDER BY position"
            )
            try:
                for position in chain.walk(rows, noted):
                    yield position, total
            except LogDamaged as damage:
                raise LogDamaged(f"{self.path}: {damage}") from None
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if found != "ok":
                raise LogDamaged(
                    f"{self.path}: every batch holds, but SQLite's own pages do not: {found}. "
                    "Restore the log from a backup"
                )

    def close(self) -> None:
        with self._writer_lock:
            self._closed = True
            with suppress(sqlite3.DatabaseError):  # what is not brought over stands in the WAL
                self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._writer.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._connected() as connection:
            connection.execute("PRAGMA query_only = ON")
            yield connection

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        if self._closed:
            raise LogUnavailable(f"{self.path} is closed")
        try:
            with closing(self._connect()) as connection:
                yield connection
        except sqlite3.DatabaseError as error:
            raise _translated(error, self.path) from error

    def _create(self) -> None:
        self._writer.execute("PRAGMA page_size = 16384")
        with _transaction(self._writer):
            if self._writer.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION_ID:
                if self._writer.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                    raise LogDamaged(f"{self.path} is an SQLite file, but no env1357 log: name another data folder")
                for statement in _LAYOUT:
                    self._writer.execute(statement)
                self._writer.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        self._writer.execute("PRAGMA journal_mode = WAL")

    def _commit_waiting(self) -> None:
        """Write what all waiting callers brought in one commit, and tell each what became of it."""
        with self._queue_lock:
            tickets, self._queue = self._queue, []
        failure: Exception | None = LogUnavailable(f"{self.path}: the writer failed; nothing was recorded")
        try:
            if self._closed:
                raise LogUnavailable(f"{self.path} is closed")
            self._write(tickets)
            failure = None
        except LogUnavailable as error:
            failure = error
        except sqlite3.DatabaseError as error:
            failure = _translated(error, self.path)
        finally:
            for ticket in tickets:
                ticket.done, ticket.error = True, failure

    def _write(self, tickets: Sequence[_Ticket]) -> None:
        with _transaction(self._writer):
            last = self._writer.execute(
                "SELECT position, chain FROM batch ORDER BY position DESC LIMIT 1"
            ).fetchone()
            position, seal = last or (0, chain.GENESIS)
            ends = dict(_ends(self._writer))
            for ticket in tickets:
                for batch in _batches(ticket.drafts, ends):
                    position += 1
                    row = (batch.stream.topic, batch.base_offset, batch.schema_id, batch.count, batch.datums)
                    seal = chain.link(seal, *row)
                    self._writer.execute("INSERT INTO batch VALUES (?, ?, ?, ?, ?, ?, ?)", (position, *row, seal))
                    ticket.written[batch.stream] = batch.end


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _batches(drafts: Sequence[Draft], ends: dict[Stream, int]) -> Iterator[Batch]:
    """The drafts as rows: none much larger than a megabyte, offsets counted on from `ends`."""
    for draft in drafts:
        stream, waiting, size = Stream(draft.topic), list[bytes](), 0
        for number, datum in enumerate(draft.datums, 1):
            waiting.append(datum)
            size += len(datum)
            if size >= _BATCH_BYTES or number == len(draft.datums):
                batch = Batch(
                    stream,
                    ends.get(stream, 0),
                    draft.schema_id,
                    len(waiting),
                    b"".join(waiting),
                )
                ends[stream] = batch.end
                yield batch
                waiting, size = [], 0


def _ends(connection: sqlite3.Connection) -> Offsets:
    return {Stream(topic): end for topic, end in connection.execute(_ENDS)}


def _beyond(ends: Offsets, seen: Offsets) -> bool:
    return any(end > seen.get(stream, 0) for stream, end in ends.items())


def _first_position(connection: sqlite3.Connection, after: Offsets) -> int:
    """The first row that holds an event behind `after`."""
    positions = []
    for stream in _ends(connection):
        row = connection.execute(
            "SELECT position, base_offset + count FROM batch WHERE topic = ? AND base_offset <= ?"
            " ORDER BY base_offset DESC LIMIT 1",
            (stream.topic, after.get(stream, 0)),
        ).fetchone()
        if row is None:
            raise sqlite3.DatabaseError(f"its index has nothing at the beginning of {stream}")
        if row[1] > after.get(stream, 0):
            positions.append(row[0])
    return min(positions, default=_newest(connection) + 1)


def _page(connection: sqlite3.Connection, position: int) -> Iterator[tuple[int, Batch]]:
    """Rows from `position` on, until they weigh a page or end."""
    rows = connection.execute(
        "SELECT position, topic, base_offset, schema_id, count, datums FROM batch"
        " WHERE position >= ? ORDER BY position",
        (position,),
    )
    with closing(rows):
        size = 0
        for position, topic, *rest in rows:
            batch = Batch(Stream(topic), *rest)
            yield position, batch
            size += len(batch.datums)
            if size > _PAGE_BYTES:
                return


def _head(connection: sqlite3.Connection, position: int) -> Head:
    row = connection.execute("SELECT chain FROM batch WHERE position = ?", (position,)).fetchone()
    return Head(position, row[0].hex()) if row else Head(0, chain.GENESIS.hex())


def _newest(connection: sqlite3.Connection) -> int:
    newest: int = connection.execute("SELECT coalesce(max(position), 0) FROM batch").fetchone()[0]
    return newest


def _translated(error: sqlite3.DatabaseError, path: Path) -> LogUnavailable | LogDamaged:
    if isinstance(error, sqlite3.OperationalError):
        return LogUnavailable(
            f"{path}: {error}. Check that the disk has room and that no other process holds the file, "
            "then send again"
        )
    return LogDamaged(f"{path}: {error}: this is no intact log. Restore it from a backup")
