"""What operators do with a platform, the same in a command's own process and in a running server."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from eventlog.chain import Head
from eventlog.log import LogDamaged, LogUnavailable
from gateway.api.keys import token_operation
from gateway.platform import Platform, Progress
from gateway.query import query
from projections import replay
from projections.database import DatabaseUnavailable
from services.decider import Refused
from services.handler import Accepted, VerdictPending
from services.ingest.hj212 import trial
from services.ingest.importer import import_files
from services.ingest.registering import register_sites
from services.load import BadDistrict, LoadReport, load

_FOLDED_WITHIN_S = 600.0
_TOGETHER = 500

Arguments = Mapping[str, Any]
Operation = Callable[[Platform, Arguments, Progress], dict[str, Any]]


def load_district(platform: Platform, arguments: Arguments, progress: Progress) -> dict[str, Any]:
    """`folder`: record a district's reference data."""
    folder = Path(arguments["folder"])
    return asdict(load(folder, platform.handler, partial(progress, "load")))


def import_tables(platform: Platform, arguments: Arguments, progress: Progress) -> dict[str, Any]:
    """`files`, `kind`: take down the observations of files, and wait until they are folded.

    With `register` the files' sites are entered in the register first; with `dry_run` nothing is recorded; with
    `again` files that were taken down before are taken down once more.
    """
    paths, kind = [Path(path) for path in arguments["files"]], arguments["kind"]
    options = {name: bool(arguments.get(name)) for name in ("dry_run", "again")}
    registered = register_sites(paths, kind, platform.handler) if arguments.get("register") else LoadReport()
    report = import_files(paths, kind, platform.observations, partial(progress, "import"), **options)
    platform.follower.wait_for(platform.log.ends(), _FOLDED_WITHIN_S)
    return {**asdict(report), "registered": asdict(registered)}


def replay_tables(platform: Platform, arguments: Arguments, progress: Progress) -> dict[str, Any]:
    """Rebuild the tables; `only` those of a theme, or `until` a time into a file to look at."""
    if arguments.get("only"):
        tables = replay.recompute(platform.database, platform.follower.paused, arguments["only"])
        if not tables:
            raise Refused(
                "unknown_theme", f"there is no theme {arguments['only']!r}", "--only", "Use air, water, …"
            )
        return {"recomputed": tables}
    if arguments.get("until"):
        return _past_file(platform, datetime.fromisoformat(arguments["until"]), progress)
    replay.rebuild(
        platform.log,
        platform.database,
        platform.follower.paused,
        partial(progress, "replay"),
    )
    return {"rebuilt": str(platform.database.path)}


def verify(platform: Platform, arguments: Arguments, progress: Progress) -> dict[str, Any]:
    """Walk the hash chain (through the noted `head`, where given) and compare the tables with a replay."""
    expected = Head.parse(arguments["head"]) if arguments.get("head") else None
    batches = 0
    for batches, total in platform.log.check(expected):
        progress("hash chain", batches, total)
    tables = replay.compare(platform.log, platform.database, partial(progress, "replay"))
    return {
        "batches": batches,
        "head": str(platform.log.head()),
        "tables": len(tables),
        "rows": sum(table.live_rows for table in tables),
        "unequal": [asdict(table) for table in tables if not table.equal],
    }


def simulate_devices(platform: Platform, arguments: Arguments, progress: Progress) -> dict[str, Any]:
    """`count`: register so many simulated stations and an HJ 212 device at each, for trials."""
    recorded = 0
    for step, commands in enumerate(trial.registrations(arguments["count"]), 1):
        for start in range(0, len(commands), _TOGETHER):
            outcomes = platform.handler.handle_all(commands[start : start + _TOGETHER])
            recorded += sum(isinstance(outcome, Accepted) and bool(outcome.event_ids) for outcome in outcomes)
        progress("register", step, 2)
    return {"recorded": recorded}


def sql(platform: Platform, arguments: Arguments, _progress: Progress) -> dict[str, Any]:
    """`query`: the columns and rows of a question."""
    columns, rows = query(platform.database, arguments["query"])
    return {"columns": columns, "rows": rows}


def _past_file(platform: Platform, until: datetime, progress: Progress) -> dict[str, Any]:
    path = platform.data / f"until-{until:%Y%m%dT%H%M%S}.duckdb"
    path.unlink(missing_ok=True)
    generation = replay.build(
        platform.log,
        path,
        platform.database.limits,
        recorded_until=until,
        progress=partial(progress, "replay"),
    )
    generation.connection.close()
    return {"written": str(path)}


OPERATIONS: Mapping[str, Operation] = {
    "load": load_district,
    "import": import_tables,
    "replay": replay_tables,
    "verify": verify,
    "sql": sql,
    "simulate_devices": simulate_devices,
    "token": token_operation,
}

EXPECTED_FAILURES = (
    Refused,
    VerdictPending,
    LogUnavailable,
    LogDamaged,
    DatabaseUnavailable,
    BadDistrict,
    OSError,
    ValueError,
)
"""What an operation may end in for reasons that its caller can mend."""
