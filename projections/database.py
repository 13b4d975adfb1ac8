"""The database file of a process: read by many threads, written by one, swapped for a rebuilt one.

`projections.duckdb` is a link to the generation in use, `projections.<number>.duckdb`. A rebuild writes the
next generation beside it; the link is then turned, new reads go to the new one, and the old one is closed
and removed when its last read ends.

Tables are derived: a handle that DuckDB has given up is opened anew, and a file that can't be opened is set aside
under another name, to be built once more from the log. While either lasts, reads raise `DatabaseUnavailable`.
"""

import re
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import structlog

from eventlog.log import Head, Stream, Unavailable
from projections.engine import Engine, read_offsets
from projections.fault import gives_up, is_cut_off
from projections.heads import Heads
from projections.layout import built_from, lay_out
from projections.transaction import transaction

_GENERATION = re.compile(r"projections\.(\d+)\.duckdb$")
_DAMAGED, _AHEAD = "damaged.", "ahead."
_NOT_THE_FILE = "Could not set lock", "Permission denied", "No space left", "Too many open files", "Read-only file"
"""What DuckDB says where it is not the file that keeps it from opening it."""

_REOPENED = "the tables are being opened anew after a failure; ask again in a moment"
_LEFT_WITHIN_S = 5.0

_logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Limits:
    """What DuckDB may use: `memory` as DuckDB writes it (`256MB`), and a number of threads."""

    memory: str = "256MB"
    threads: int = 2


class DatabaseUnavailable(Unavailable):
    """The tables can't be read now; the log is untouched by that."""


class TablesDamaged(DatabaseUnavailable):
    """The file is there and can't be read as tables of this platform."""


@dataclass(eq=False)
class Generation:
    """One database file that is open in this process, with the cursors of those who read it."""

    path: Path
    connection: duckdb.DuckDBPyConnection
    engine: Engine
    reading: list[duckdb.DuckDBPyConnection] = field(default_factory=list)
    retired: bool = False
    broken: str | None = None


@dataclass(frozen=True)
class Due:
    """Why the tables are to be built anew from the log, and whether those that are there can be read meanwhile."""

    why: str
    readable: bool


@dataclass(frozen=True)
class Snapshot:
    """A view of all tables at one position of the log, for as long as it is held."""

    connection: duckdb.DuckDBPyConnection
    offsets: Mapping[Stream, int]
    heads: Heads


@dataclass
class Database:
    """The projections of one process."""

    path: Path
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        """Open the generation in use, or lay out the first. Raises `DatabaseUnavailable`."""
        self._lock = threading.Lock()
        self._closed = False
        self.moves: Counter[str] = Counter()
        self._reopening = False
        self.due: Due | None = None
        self.built: tuple[int, int] = (0, 0)
        current = self._current()
        self._remove_leftovers(current)
        try:
            self._live = self._opened(current)
        except TablesDamaged as damage:
            self._put_away(current, damage)
            self._live = open_generation(self.next_path(), self.limits)
        self._turn_link(self._live.path)

    @property
    def writer(self) -> duckdb.DuckDBPyConnection:
        """The connection that writes the generation in use; one thread at a time may use it."""
        return self._live.connection

    @property
    def engine(self) -> Engine:
        """What folds into the generation in use, by its writer."""
        return self._live.engine

    @property
    def outdated(self) -> bool:
        """Whether the tables were built from another contract, standards or SQL than this installation's."""
        found = self._live.connection.execute("SELECT fingerprint FROM ops.built_by").fetchall()
        return found != [(built_from(),)]

    def noted_head(self) -> Head | None:
        """The head of the log's hash chain that was noted last, up to which all is folded."""
        try:
            found = self.writer.execute("SELECT position, chain FROM ops.noted_head").fetchall()
        except duckdb.CatalogException:  # tables of a version that noted none
            return None
        return Head(*found[0]) if found else None

    def note_head(self, head: Head) -> None:
        """Note a head up to which all is folded; for whoever folds."""
        with transaction(self.writer) as connection:
            connection.execute("DELETE FROM ops.noted_head")
            connection.execute("INSERT INTO ops.noted_head VALUES (?, ?)", [head.position, head.chain])

    def note_moved(self, tables: Iterable[str]) -> None:
        """Say which tables a committed fold has changed."""
        self.moves.update(tables)

    def revision(self, table: str) -> tuple[Path, int]:
        """The same for as long as a table is: taken before a read, it tells whether what was read holds."""
        return self._live.path, self.moves[table]

    @contextmanager
    def read(self) -> Iterator[Snapshot]:
        """A consistent, read-only view of the tables; many may be held at once, by any threads.

        Raises `DatabaseUnavailable`, also where DuckDB gives the handle up under the body.
        """
        with self._lock:
            if self._closed:
                raise DatabaseUnavailable(
                    f"{self.path} is closed: the server is stopping; ask again when it is back"
                )
            if self._reopening:
                raise DatabaseUnavailable(_REOPENED)
            if self.due and not self.due.readable:
                raise DatabaseUnavailable(f"{self.due.why}; {self.progress}")
            generation = self._live
            with self._answering(generation):
                cursor = generation.connection.cursor()
            generation.reading.append(cursor)
        try:
            with self._answering(generation):
                cursor.execute("BEGIN TRANSACTION READ ONLY")
                yield Snapshot(cursor, read_offsets(cursor), generation.engine.heads)
        finally:
            self._leave(generation, cursor)

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Turn what DuckDB says of tables that can't answer now into `DatabaseUnavailable`."""
        with self._answering(self._live):
            yield

    @property
    def progress(self) -> str:
        """How far the tables are built, where they are `due`."""
        return f"{self.built[0]} of {self.built[1]} events are folded so far"

    @property
    def broken(self) -> str | None:
        """Why DuckDB has given up the handle of the generation in use; None where it has not."""
        return self._live.broken

    def examine(self) -> None:
        """Try the writer, and note it where DuckDB has given it up. For whoever writes, after a failure."""
        try:
            for statement in ("BEGIN", "SELECT count(*) FROM ops.checkpoint", "ROLLBACK"):
                self._live.connection.execute(statement).fetchall()
        except duckdb.Error as error:
            self._live.broken = str(error)

    def reopen(self) -> None:
        """Open the generation in use anew, whose handle is broken; a file that can't be is set aside.

        Nobody may be folding meanwhile.
        """
        broken = self._live
        with self._lock:
            self._reopening = True
        _end_reads(broken)
        _close(broken.connection)
        try:
            opened = self._opened(broken.path)
        except TablesDamaged as damage:
            self._put_away(broken.path, damage)
            opened = open_generation(self.next_path(), self.limits)
            self._turn_link(opened.path)
        with self._lock:
            self._live, self._reopening = opened, False

    def put_away(self, why: str) -> None:
        """Give the tables in use another name, under which they stay, and begin with empty ones.

        For tables that hold what the log does not: they may be the last copy of it. Nobody may read or fold yet.
        """
        path = self._live.path
        with suppress(duckdb.Error):
            self._live.connection.execute("CHECKPOINT")
        _close(self._live.connection)
        self._put_away(path, why, _AHEAD)
        self._live = open_generation(self.next_path(), self.limits)
        self._turn_link(self._live.path)

    def next_path(self) -> Path:
        """Where the next generation is to be written."""
        numbers = [int(m[1]) for p in self.path.parent.iterdir() if (m := _GENERATION.match(p.name))]
        return self.path.parent / f"projections.{max(numbers, default=0) + 1}.duckdb"

    def swap(self, generation: Generation) -> None:
        """Let a rebuilt generation take the place of the one in use. Nobody may be folding meanwhile."""
        generation.connection.execute("CHECKPOINT")
        self._turn_link(generation.path)
        with self._lock:
            former, self._live = self._live, generation
            former.retired = True
            self.due = None
        self._leave(former)

    def close(self) -> None:
        """Close the database, with everything in the file itself. Waits for nobody: reads then fail."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        with suppress(duckdb.Error):  # what is not checkpointed stands in the file's WAL, or in the log
            self._live.connection.execute("CHECKPOINT")
        _close(self._live.connection)

    def _current(self) -> Path:
        """The generation in use, or the first; a file that was put in the link's place becomes one."""
        if self.path.is_symlink() and self.path.exists():
            return self.path.resolve()
        target = self.next_path()
        for ending in ("", ".wal"):
            found = self.path.with_name(self.path.name + ending)
            if found.is_file():
                found.rename(target.with_name(target.name + ending))
        return target

    def _opened(self, path: Path) -> Generation:
        """The generation at `path`, laid out where it is new. Raises `TablesDamaged`, `DatabaseUnavailable`."""
        generation = open_generation(path, self.limits)
        try:
            read_offsets(generation.connection)
            generation.connection.execute("SELECT fingerprint FROM ops.built_by").fetchall()
        except duckdb.Error as error:
            _close(generation.connection)
            raise TablesDamaged(f"{path}: {error}") from error
        if is_cut_off(generation.connection, path):
            _close(generation.connection)
            raise TablesDamaged(f"{path} is cut off: it has fewer bytes than it says")
        return generation

    @contextmanager
    def _answering(self, generation: Generation) -> Iterator[None]:
        try:
            yield
        except duckdb.Error as error:
            if not gives_up(error):
                if self.due and isinstance(error, duckdb.ProgrammingError):
                    raise DatabaseUnavailable(
                        f"{self.due.why}; {self.progress}. They can't say that: {error}"
                    ) from error
                raise
            generation.broken = str(error)
            raise DatabaseUnavailable(
                f"{generation.path}: {error}. The tables are being opened anew; ask again in a moment"
            ) from error

    def _put_away(self, path: Path, why: object, prefix: str = _DAMAGED) -> None:
        """Give a file another name. Of damaged ones only the last is kept."""
        for former in path.parent.glob(f"{_DAMAGED}*") if prefix == _DAMAGED else ():
            remove(former)
        kept = path.with_name(prefix + path.name)
        while kept.exists():
            kept = kept.with_name(prefix + kept.name)
        for ending in ("", ".wal"):
            found = path.with_name(path.name + ending)
            if found.exists():
                found.rename(kept.with_name(kept.name + ending))
        remove(path.with_name(path.name + ".tmp"))
        said = f"the tables were set aside as {kept.name} and are being built anew from the log, because {why}"
        _logger.warning(said)
        self.due = Due(said, readable=False)

    def _leave(self, generation: Generation, cursor: duckdb.DuckDBPyConnection | None = None) -> None:
        if cursor is not None:
            _close(cursor)
        with self._lock:
            if cursor in generation.reading:
                generation.reading.remove(cursor)
            unused = generation.retired and not generation.reading
        if unused:
            discard(generation)

    def _turn_link(self, target: Path) -> None:
        fresh = self.path.with_suffix(".link")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(target.name)
        fresh.replace(self.path)

    def _remove_leftovers(self, current: Path) -> None:
        for path in self.path.parent.glob("projections.*.duckdb*"):
            if path != current and not path.name.startswith(current.name + ".wal"):
                remove(path)


def open_generation(path: Path, limits: Limits, *, checkpoint: str = "64MB") -> Generation:
    """Open a database file, laid out if it is new. `checkpoint` is how large its WAL may grow.

    Raises `TablesDamaged` where the file is none, and `DatabaseUnavailable` for any other reason.
    """
    known = path.exists()
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": limits.memory,
        "threads": limits.threads,
        "preserve_insertion_order": False,
        "checkpoint_threshold": checkpoint,
        "autoinstall_known_extensions": False,
        "enable_external_access": False,
        "lock_configuration": True,
    }
    try:
        duckdb.connect(":memory:", config=config).close()
    except duckdb.Error as error:
        raise DatabaseUnavailable(
            f"DuckDB can't be set to {limits.memory}, {limits.threads} threads: {error}"
        ) from error
    try:
        connection = duckdb.connect(str(path), config=config)
        if not known:
            lay_out(connection)
    except duckdb.Error as error:
        if known and not any(words in str(error) for words in _NOT_THE_FILE):
            raise TablesDamaged(f"{path}: {error}") from error
        raise DatabaseUnavailable(
            f"{path}: {error}. If another process holds it, stop that one; if the disk is full, make room"
        ) from error
    return Generation(path, connection, Engine(connection))


def discard(generation: Generation) -> None:
    """Close a generation that nobody needs any more and remove its files."""
    _close(generation.connection)
    for ending in ("", ".wal", ".tmp"):
        remove(generation.path.with_name(generation.path.name + ending))


def remove(path: Path) -> None:
    """Remove what is there, be it a file or a folder."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _end_reads(generation: Generation) -> None:
    """Wait for those who read a broken handle, whose questions all fail; after a while their cursors are closed."""
    deadline = time.monotonic() + _LEFT_WITHIN_S
    while generation.reading and time.monotonic() < deadline:
        time.sleep(0.01)
    for cursor in list(generation.reading):
        _close(cursor)


def _close(connection: duckdb.DuckDBPyConnection) -> None:
    with suppress(duckdb.Error):
        connection.close()
