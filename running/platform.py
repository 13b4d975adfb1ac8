"""Puts the parts together: one log, one database, what follows and what is asked, in one process."""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO

import structlog

from eventlog.embedded import EmbeddedLog
from eventlog.log import Chained, EventLog, LogUnavailable, Offsets
from ingest.bounds import UNPACKED_BYTES, Bounds
from ingest.observations import Observations
from ingest.quota import MOST_BYTES, Quota
from ingest.tail import numbers_behind
from projections.catalogue import catalogue
from projections.columns import read_types
from projections.database import Database, Limits
from projections.follower import Follower
from projections.incoming import recalling
from projections.past import Pasts
from projections.replay import rebuild
from projections.state import ReadState
from running.agreement import agree, expect_log
from running.heads import HEADS_FILE, Heads
from running.health import Health, Trouble, failing
from running.lagging import Lagging
from running.meters import Meters
from services.device.handling import DeviceHandler
from services.device.secrets import NO_SECRETS, Secrets
from services.handler import Handler, utc_now
from services.ports import Clock

LOG_FILE = "log.sqlite"
DATABASE_FILE = "projections.duckdb"
LOCK_FILE = "platform.lock"
UPLOADS = "uploads"
"""Folder of files that are being imported; what a killed process left there is removed."""
SECRETS_FOLDER = "secrets"
ARCHIVE_FOLDER = "archive"
"""Folder of files to which fine readings have left the tables."""

_logger = structlog.get_logger(__name__)

OpenLog = Callable[[Path], EventLog]

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done and how much there is."""


class DataFolderInUse(Exception):
    """Another process has the data folder open."""


@dataclass(frozen=True)
class Platform:
    """Everything that serves one data folder."""

    data: Path
    log: EventLog
    database: Database
    follower: Follower
    state: ReadState
    handler: Handler
    observations: Observations
    clock: Clock
    lagging: Lagging
    health: Health = field(default_factory=Health)
    bounds: Bounds = field(default_factory=Bounds)
    meters: Meters = field(default_factory=Meters)
    heads_files: Sequence[Path] = ()
    secrets: Secrets = NO_SECRETS
    pasts: Pasts = field(default_factory=Pasts)


def silent(what: str, done: int, total: int) -> None:
    """No progress shown."""


@contextmanager
def open_platform(
    data: Path,
    limits: Limits,
    clock: Clock = utc_now,
    progress: Progress = silent,
    open_log: OpenLog = EmbeddedLog,
    heads_file: Path | None = None,
    *,
    background: bool = False,
    quarantine_bytes: int = MOST_BYTES,
    import_bytes: int = UNPACKED_BYTES,
) -> Iterator[Platform]:
    """Open a data folder, creating it where there is none, and close it behind the body.

    Its log is the folder's own, or what `open_log` makes of the path at which that would be. Heads of its chain are
    noted in the folder, and in `heads_file` too. Tables that are another version's, that are damaged or that don't
    follow from the log are built anew first; with `background` that goes on under the body, which `database.due`
    tells. `quarantine_bytes` is what each sender may have kept of what is refused, a day,
    and `import_bytes` what a file may unpack to.
    Raises `DataFolderInUse`, `LogUnavailable`, `LogDamaged` or `DatabaseUnavailable`.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with ExitStack() as stack:
        stack.enter_context(locked(data))
        _make_private(data)
        shutil.rmtree(data / UPLOADS, ignore_errors=True)
        log = open_log(data / LOG_FILE)
        stack.callback(log.close)
        database = Database(data / DATABASE_FILE, limits)
        stack.callback(database.close)
        expect_log(log, database)
        agree(log, database)
        if not database.outdated:
            read_types(database.writer)
        follower = Follower(log, database, rebuild)
        lagging = Lagging(database)
        health = _watching(follower, database, lagging)
        if database.due and not background:
            follower.build(partial(progress, "rebuild"))
        heads_files = [data / HEADS_FILE, *filter(None, [heads_file])] if isinstance(log, Chained) else []
        if isinstance(log, Chained):
            heads = Heads(log, heads_files, clock)
            health.watch("heads", heads.troubles)
            follower.listen(heads.note_sometimes)
            stack.callback(heads.note)
        follower.start()
        stack.callback(follower.stop)
        state, pasts = ReadState(database, log), Pasts(recalling(log))
        stack.callback(pasts.close)
        observations = Observations(log, state, follower, clock, Quota(quarantine_bytes))
        stack.callback(_state_overruns, observations)
        _begin_behind(observations, log, database, follower.offsets)
        secrets = Secrets(data / SECRETS_FOLDER)
        yield Platform(
            data=data,
            log=log,
            database=database,
            follower=follower,
            state=state,
            handler=DeviceHandler(secrets, log, state, follower, clock),
            observations=observations,
            clock=clock,
            health=health,
            lagging=lagging,
            heads_files=heads_files,
            bounds=Bounds(import_bytes),
            secrets=secrets,
            pasts=pasts,
        )


def _watching(follower: Follower, database: Database, lagging: Lagging) -> Health:
    """The health of what folds and of the tables."""
    health = Health()
    health.watch("fold", failing("fold", lambda: follower.failure))
    health.watch("tables", lambda: _tables(database))
    health.watch("set aside", lagging.troubles)
    return health


def _tables(database: Database) -> Iterator[Trouble]:
    if database.broken:
        yield Trouble("tables", f"DuckDB gave the tables up; they are opened anew: {database.broken}", stops=True)
    due = database.due
    if due is not None:
        yield Trouble("tables", f"{due.why}; {database.progress}", stops=not due.readable)


def _state_overruns(observations: Observations) -> None:
    try:
        observations.state_overruns()
    except LogUnavailable as outage:
        _logger.error("what was refused beyond quotas could not be stated", reason=str(outage))


@contextmanager
def locked(data: Path) -> Iterator[None]:
    """Hold the data folder for this process. Raises `DataFolderInUse`, saying who holds it."""
    with (data / LOCK_FILE).open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DataFolderInUse(
                f"{data} is in use by process {_holder(file)}. Stop that one, or name another folder with --data"
            ) from None
        file.truncate(0)
        json.dump({"pid": os.getpid()}, file)
        file.flush()
        yield


def _make_private(data: Path) -> None:
    """Let nobody but this user into a data folder, also one that was made when others were."""
    for path in (data, *data.iterdir()):
        with suppress(FileNotFoundError):  # a file of SQLite's that went meanwhile
            if not path.is_symlink() and path.stat().st_uid == os.getuid():
                path.chmod(path.stat().st_mode & 0o700)


def free_bytes(data: Path) -> int:
    """Room on the disk of the data folder."""
    return shutil.disk_usage(data).free


def _holder(file: IO[str]) -> str:
    file.seek(0)
    try:
        return str(json.load(file)["pid"])
    except (ValueError, KeyError):
        return "unknown"


def _begin_behind(observations: Observations, log: EventLog, database: Database, standing: Offsets) -> None:
    """Have statements numbered behind what the log holds and the tables don't, read now or awaited."""
    ends = log.ends()
    if any(end > standing.get(stream, 0) for stream, end in ends.items()):
        stands_still = database.due is not None and database.due.readable
        observations.begin_behind(ends, numbers_behind(log, standing, _register()) if stands_still else None)


def _register() -> set[str]:
    """The events by which statements and devices are judged."""
    known = catalogue()
    events = known.closure({"base.site", "monitor.device", "monitor.device_command"}) & known.events.keys()
    return {known.events[name].name for name in events}
