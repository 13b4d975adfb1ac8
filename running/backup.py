"""A backup of a data folder: its log as it stands at one moment, and whatever else can't be had again from it.

Tables are not in it: they follow from the log. It is a data folder itself: to restore is to start on it.
"""

import json
import shutil
from contextlib import ExitStack
from pathlib import Path

from eventlog.durable import sync
from eventlog.embedded import EmbeddedLog
from eventlog.log import Head
from running.heads import HEADS_FILE, append_line, head_line
from running.platform import ARCHIVE_FOLDER, DATABASE_FILE, LOCK_FILE, LOG_FILE, UPLOADS, Platform
from services.decider import Refused

MANIFEST_FILE = "backup.json"

_NOT_KEPT = (
    LOG_FILE,
    DATABASE_FILE.partition(".")[0],
    "damaged.",
    "ahead.",
    "until-",
    "occurred-until-",
    LOCK_FILE,
    UPLOADS,
    "serve.json",
)
"""How the names begin of what follows from the log, or is a process's own; the log is copied by its own means."""


def back_up(platform: Platform, target: Path) -> Head:
    """Write a backup into a new or empty folder, durably, while the platform goes on; the head that it ends with.

    Raises `Refused` where the log is not the folder's own, `FileExistsError` where the folder holds something, and
    `OSError`; what was written is then removed again.
    """
    log = platform.log
    if not isinstance(log, EmbeddedLog):
        raise Refused("no_embedded_log", "the log is not in the folder", "--log", "Use `env1357 log export`.")
    if target.exists() and any(target.iterdir()):
        raise FileExistsError(f"{target} is not empty: name a new folder")
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, target, ignore_errors=True)
        kept = _copy_beside(platform.data, target)  # heads before the log, so that it passes through all of them
        partial = target / f"{LOG_FILE}.partial"
        log.copy(partial)
        partial.replace(target / LOG_FILE)
        kept += _copy_archive(platform.data, target)  # behind the log: whatever file it names is there by then
        head, ends = _end_of(target / LOG_FILE)
        now = platform.clock()
        append_line(target / HEADS_FILE, head_line(head, now))
        said = {"made_at": now.isoformat(), "head": str(head), "ends": ends, "files": [LOG_FILE, HEADS_FILE, *kept]}
        (target / MANIFEST_FILE).write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")
        for path in (*target.rglob("*"), target, target.parent):
            sync(path)
        stack.pop_all()
    return head


def _copy_beside(data: Path, target: Path) -> list[str]:
    """Copy the folder's other files; their names."""
    found = [path for path in sorted(data.iterdir()) if path.is_file() and not path.name.startswith(_NOT_KEPT)]
    for path in found:
        shutil.copy2(path, target / path.name)
    return [path.name for path in found if path.name not in (HEADS_FILE, MANIFEST_FILE)]


def _copy_archive(data: Path, target: Path) -> list[str]:
    """Copy the files of fine readings that have left the tables; their names."""
    found = sorted((data / ARCHIVE_FOLDER).rglob("*.parquet"))
    for path in found:
        copied = target / path.relative_to(data)
        copied.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copy2(path, copied)
    return [str(path.relative_to(data)) for path in found]


def _end_of(path: Path) -> tuple[Head, dict[str, int]]:
    copied = EmbeddedLog(path)
    try:
        return copied.head(), {str(stream): end for stream, end in copied.ends().items()}
    finally:
        copied.close()
