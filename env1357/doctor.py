"""`env1357 doctor`: checks the installation and says what to do about what it finds."""

import os
import shutil
import socket
import sqlite3
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import NamedTuple

import duckdb

from env1357.settings import PAGE, Settings
from running import remote
from running.platform import ARCHIVE_FOLDER, DATABASE_FILE, LOG_FILE
from running.sizes import size_of
from schemas.contract import event_types
from schemas.ids import registry
from schemas.registry import registered

_ROOM = 1024**3


class Finding(NamedTuple):
    """One check: whether it is well, what was found, and what to do where it is not."""

    well: bool
    what: str
    remedy: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """Every check, in turn."""
    for check in CHECKS:
        yield check(settings)


def _python(_: Settings) -> Finding:
    return Finding(sys.version_info >= (3, 11), f"Python {sys.version.split()[0]}", "Install Python 3.11 or newer.")


def _packages(_: Settings) -> Finding:
    names = ("duckdb", "polars", "fastavro", "starlette", "strawberry-graphql")
    return Finding(True, ", ".join(f"{name} {version(name)}" for name in names))


def _duckdb(_: Settings) -> Finding:
    loaded = duckdb.connect().execute("SELECT extension_name FROM duckdb_extensions() WHERE loaded").fetchall()
    names = {name for (name,) in loaded}
    return Finding(
        {"json", "icu"} <= names, f"DuckDB has {', '.join(sorted(names))}", "Reinstall the duckdb wheel."
    )


def _sqlite(_: Settings) -> Finding:
    found = sqlite3.sqlite_version_info >= (3, 37)
    return Finding(found, f"SQLite {sqlite3.sqlite_version}", "SQLite 3.37 or newer is needed for STRICT tables.")


def _contract(_: Settings) -> Finding:
    entries = list(registry().entries.values())
    complete = registered(entries, event_types()) == entries
    return Finding(complete, f"{len(entries)} schemas registered", "Run `python -m schemas.registry`.")


def _folder(settings: Settings) -> Finding:
    folder = settings.data if settings.data.exists() else settings.data.absolute().parent
    writable = os.access(folder, os.W_OK)
    return Finding(writable, f"data folder {settings.data}", "Make it writable, or name another with --data.")


def _disk(settings: Settings) -> Finding:
    folder = settings.data if settings.data.exists() else settings.data.absolute().parent
    free = shutil.disk_usage(folder).free
    return Finding(free > _ROOM, f"{free / 1024**3:.1f} GiB free on its disk", "Make room: 1 GiB at the least.")


def _files(settings: Settings) -> Finding:
    log, tables = settings.data / LOG_FILE, settings.data / DATABASE_FILE
    if not log.exists():
        return Finding(True, "no log yet: the first `serve` or `load` makes one")
    sizes = [f"{path.name} {size_of(path) / 1024**2:.1f} MiB" for path in (log, tables) if path.exists()]
    archived = [path.stat().st_size for path in (settings.data / ARCHIVE_FOLDER).rglob("*.parquet")]
    if archived:
        sizes.append(f"{len(archived)} files of the archive {sum(archived) / 1024**2:.1f} MiB")
    return Finding(True, ", ".join(sizes))


def _server(settings: Settings) -> Finding:
    server = remote.running_server(settings.data)
    if server:
        return Finding(True, f"process {server.pid} serves the folder at {server.url}")
    try:
        socket.create_connection((settings.host, settings.port), 5).close()
        taken = True
    except OSError:
        taken = False
    return Finding(
        not taken, f"port {settings.port}", f"Something else listens there: use --port, not {settings.port}."
    )


def _page(_: Settings) -> Finding:
    return Finding((PAGE / "index.html").exists(), "the page is built", "Run `make web`; it needs Node.")


CHECKS: tuple[Callable[[Settings], Finding], ...] = (
    _python,
    _packages,
    _duckdb,
    _sqlite,
    _contract,
    _folder,
    _disk,
    _files,
    _server,
    _page,
)
