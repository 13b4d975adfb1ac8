"""The database file of a process: read by many threads, written by one, swapped for a rebuilt one.

`projections.duckdb` is a link to the generation in use, `projections.<number>.duckdb`. A rebuild writes the
next generation beside it; the link is then turned, new reads go to the new one, and the old one is closed
and removed when its last read ends.
"""

import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from eventlog.log import Stream
from projections.engine import Engine, read_offsets
from projections.layout import built_from, lay_out

_GENERATION = re.compile(r"projections\.(\d+)\.duckdb$")


@dataclass(frozen=True)
class Limits:
    """What DuckDB may use: `memory` as DuckDB writes it (`256MB`), and a number of threads."""

    memory: str = "256MB"
    threads: int = 2


class DatabaseUnavailable(Exception):
    """The database file can't be opened or is closed; the log is untouched by that."""


@dataclass
class Generation:
    """One database file that is open in this process."""

    path: Path
    connection: duckdb.DuckDBPyConnection
    readers: int = 0
    retired: bool = False


@dataclass(frozen=True)
class Snapshot:
    """A view of all tables at one position of the log, for as long as it is held."""

    connection: duckdb.DuckDBPyConnection
    offsets: Mapping[Stream, int]


@dataclass
class Database:
    """The projections of one process."""

    path: Path
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        """Open the generation in use, or lay out the first. Raises `DatabaseUnavailable`."""
        self._lock = threading.Lock()
        self._closed = False
        self._moves: Counter[str] = Counter()
        current = self._current()
        self._remove_leftovers(current)
        self._live = open_generation(current, self.limits)
        self._turn_link(current)

    @property
    def writer(self) -> duckdb.DuckDBPyConnection:
        """The connection that writes the generation in use; one thread at a time may use it."""
        return self._live.connection

    @property
    def engine(self) -> Engine:
        """What folds into the generation in use, by its writer."""
        return Engine(self.writer)

    @property
    def outdated(self) -> bool:
        """Whether the tables were built from another contract, standards or SQL than this installation's."""
        with self.read() as snapshot:
            found = snapshot.connection.execute("SELECT fingerprint FROM ops.built_by").fetchall()
        return found != [(built_from(),)]

    def note_moved(self, tables: Iterable[str]) -> None:
        """Say which tables a committed fold has changed."""
        self._moves.update(tables)

    def revision(self, table: str) -> tuple[Path, int]:
        """The same for as long as a table is: taken before a read, it tells whether what was read holds."""
        return self._live.path, self._moves[table]

    @contextmanager
    def read(self) -> Iterator[Snapshot]:
        """A consistent, read-only view of the tables; many may be held at once, by any threads."""
        with self._lock:
            if self._closed:
                raise DatabaseUnavailable(
                    f"{self.path} is closed: the server is stopping; ask again when it is back"
                )
            generation = self._live
            generation.readers += 1
        try:
            cursor = generation.connection.cursor()
            try:
                cursor.execute("BEGIN TRANSACTION READ ONLY")
                yield Snapshot(cursor, read_offsets(cursor))
            finally:
                cursor.close()
        finally:
            self._leave(generation)

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
            former.readers += 1
        self._leave(former)

    def close(self) -> None:
        """Close the database, with everything in the file itself. Waits for nobody: reads then fail."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        self._live.connection.execute("CHECKPOINT")
        self._live.connection.close()

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

    def _leave(self, generation: Generation) -> None:
        with self._lock:
            generation.readers -= 1
            unused = generation.retired and generation.readers == 0
        if unused:
            discard(generation)

    def _turn_link(self, target: Path) -> None:
        fresh = self.path.with_suffix(".link")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(target.name)
        fresh.replace(self.path)

    def _remove_leftovers(self, current: Path) -> None:
        for path in self.path.parent.glob("projections.*.duckdb*"):
            if not path.name.startswith(current.name):
                path.unlink()


def open_generation(path: Path, limits: Limits, *, checkpoint: str = "16MB") -> Generation:
    """Open a database file, laid out if it is new. `checkpoint` is how large its WAL may grow.

    Raises `DatabaseUnavailable` where the file is held by another process or is damaged.
    """
    known = path.exists()
    try:
        connection = duckdb.connect(
            str(path),
            config={
                "memory_limit": limits.memory,
                "threads": limits.threads,
                "preserve_insertion_order": False,
                "checkpoint_threshold": checkpoint,
                "autoinstall_known_extensions": False,
                "enable_external_access": False,
                "lock_configuration": True,
            },
        )
        if not known:
            lay_out(connection)
    except duckdb.Error as error:
        raise DatabaseUnavailable(
            f"{path}: {error}. If another process holds it, stop that one; if the file is damaged, remove it: "
            "it is rebuilt from the log"
        ) from error
    return Generation(path, connection)


def discard(generation: Generation) -> None:
    """Close a generation that nobody needs any more and remove its files."""
    generation.connection.close()
    for path in (generation.path, generation.path.with_name(generation.path.name + ".wal")):
        path.unlink(missing_ok=True)
