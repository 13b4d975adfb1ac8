"""What operators do with a platform, the same in a command's own process and in a running server."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from demo import device as trial
from eventlog.chain import Head
from eventlog.log import Chained, Stream
from ingest.importer import import_files
from ingest.records import import_records, is_of_records
from ingest.registering import register_sites
from projections import replay
from running import archive
from running.backup import back_up
from running.copies import Form, as_parquet, snapshot
from running.heads import read_heads
from running.keys import token_operation
from running.platform import LOG_FILE, Platform, Progress
from running.query import query
from running.sizes import size_of
from services.checks import local_day
from services.decider import Refused
from services.handler import Accepted
from services.load import LoadReport, load

_FOLDED_WITHIN_S = 600.0
_TOGETHER = 500
_CAUGHT_UP_S = 30.0

Arguments = Mapping[str, Any]
Operation = Callable[[Platform, Arguments, Progress], dict[str, Any]]


def load_district(platform: Platform, arguments: Arguments, progress: Progress) -> dict[str, Any]:
    """`folder`: record a district's reference data."""
    folder = Path(arguments["folder"])
    return asdict(load(folder, platform.handler, partial(progress, "load")))


def import_tables(platform: Platform, arguments: Arguments, progress: Progress) -> dict[str, Any]:
    """`files`, `kind`: take down the observations or records of files, and wait until they are folded.

    With `register` the files' sites are entered in the register first; with `dry_run` nothing is recorded; with
    `again` files that were taken down before are taken down once more.
    """
    paths, kind = [Path(path) for path in arguments["files"]], arguments["kind"]
    options = {name: bool(arguments.get(name)) for name in ("dry_run", "again")}
    if is_of_records(kind):
        dry_run = options["dry_run"]
        told = partial(progress, "import")
        found = import_records(
            paths, kind, platform.handler, platform.observations, told, dry_run=dry_run, bounds=platform.bounds
        )
        platform.follower.wait_for(platform.log.ends(), _FOLDED_WITHIN_S)
        return {**asdict(found), "registered": asdict(LoadReport())}
    registered = (
        register_sites(paths, kind, platform.handler, platform.bounds)
        if arguments.get("register")
        else LoadReport()
    )
    report = import_files(
        paths, kind, platform.observations, partial(progress, "import"), **options, bounds=platform.bounds
    )
    platform.follower.wait_for(platform.log.ends(), _FOLDED_WITHIN_S)
    return {**asdict(report), "registered": asdict(registered)}


def replay_tables(platform: Platform, arguments: Arguments, progress: Progress) -> dict[str, Any]:
    """Rebuild the tables; `only` those of a theme, or those of a past into a file to look at.

    That is what was recorded `until` a time, or had happened by `occurred_until` as it is known today, or both.
    """
    if arguments.get("only"):
        tables = replay.recompute(platform.log, platform.database, platform.follower.paused, arguments["only"])
        if not tables:
            raise Refused(
                "unknown_theme", f"there is no theme {arguments['only']!r}", "--only", "Use air, water, …"
            )
        return {"recomputed": tables}
    if any(arguments.get(name) is not None for name in ("topic", "from", "from_offset", "into")):
        return _part(platform, arguments, progress)
    if arguments.get("until") or arguments.get("occurred_until"):
        return _past_file(platform, arguments, progress)
    replay.rebuild(
        platform.log,
        platform.database,
        platform.follower.paused,
        partial(progress, "replay"),
    )
    return {"rebuilt": str(platform.database.path)}


def verify(platform: Platform, arguments: Arguments, progress: Progress) -> dict[str, Any]:
    """Walk the hash chain, where the log has one, and compare the tables with a replay; say what they lack.

    The chain must go through every head that was noted of it, and the noted `head`, where one is given.
    """
    expected = [Head.parse(arguments["head"])] if arguments.get("head") else []
    batches, chain = 0, platform.log if isinstance(platform.log, Chained) else None
    if expected and chain is None:
        raise Refused("no_hash_chain", "the log has no hash chain", "--head", "Leave it out: Kafka's log has none.")
    noted = read_heads(platform.heads_files) if chain else []
    if chain is not None:
        for batches, total in chain.check([*noted, *expected]):
            progress("hash chain", batches, total)
    ends = platform.log.ends()
    platform.follower.wait_for(ends, _CAUGHT_UP_S)
    standing = platform.follower.offsets
    tables = replay.compare(platform.log, platform.database, partial(progress, "replay"))
    archives, bad = archive.bad_files(platform, partial(progress, "archive"))
    return {
        "lag": sum(max(end - standing.get(stream, 0), 0) for stream, end in ends.items()),
        "why": platform.follower.failure,
        "set_aside": [{"table": each.table, "message": each.message} for each in platform.lagging.set_aside()],
        "unreadable": _unreadable(platform),
        "archives": archives,
        "bad_archives": [_told(each) for each in bad],
        "batches": batches,
        "head": str(chain.head()) if chain else None,
        "noted": len(noted),
        "tables": len(tables),
        "rows": sum(table.live_rows for table in tables),
        "unequal": [asdict(table) for table in tables if not table.equal],
    }


def _unreadable(platform: Platform) -> int:
    """How many runs of the log's events are in no table, since they can't be read or folded."""
    with platform.database.read() as snapshot:
        ((count,),) = snapshot.connection.execute("SELECT count(*) FROM ops.unreadable").fetchall()
    return int(count)


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
    text = arguments["query"]
    if archive.SHOWN in text:
        columns, rows = query(platform.database, text, prepare=partial(archive.show, platform.data))
    else:
        columns, rows = query(platform.database, text)
    return {"columns": columns, "rows": rows}


def _past_file(platform: Platform, arguments: Arguments, progress: Progress) -> dict[str, Any]:
    recorded, occurred = _moment(arguments, "until"), _moment(arguments, "occurred_until")
    named = {"until": recorded, "occurred-until": occurred}
    path = platform.data / "{}.duckdb".format(
        "-".join(f"{name}-{moment:%Y%m%dT%H%M%S}" for name, moment in named.items() if moment)
    )
    path.unlink(missing_ok=True)
    generation = replay.build(
        platform.log,
        path,
        platform.database.limits,
        only=replay.Only(recorded, occurred),
        progress=partial(progress, "replay"),
    )
    generation.connection.close()
    return {"written": str(path)}


def _moment(arguments: Arguments, name: str) -> datetime | None:
    """A time that an argument names, UTC without saying so; UTC where it has no zone. Raises `Refused`."""
    text = arguments.get(name)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        flag = f"--{name.replace('_', '-')}"
        remedy = "Write it as 2022-01-05T00:00:00Z, or with a zone behind it."
        raise Refused("no_time", f"{text!r} is no time", flag, remedy) from None
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def take_snapshot(platform: Platform, arguments: Arguments, progress: Progress) -> dict[str, Any]:
    """`target`: a copy of the tables and of where they stand in a new file; with `format` parquet, a folder."""
    target = Path(arguments["target"])
    if arguments.get("format") == Form.parquet:
        position, size = as_parquet(platform, target, partial(progress, "snapshot"))
    else:
        position, size = snapshot(platform, target), target.stat().st_size
    return {"written": str(target), "bytes": size, "position": position}


def take_backup(platform: Platform, arguments: Arguments, _progress: Progress) -> dict[str, Any]:
    """`target`: the log as it stands, and what else can't be had again, in a new folder."""
    target = Path(arguments["target"])
    head = back_up(platform, target)
    return {"written": str(target), "bytes": size_of(target / LOG_FILE), "head": str(head)}


def archive_history(platform: Platform, arguments: Arguments, progress: Progress) -> dict[str, Any]:
    """`months`: let older fine readings leave for files; with `mend` write files anew that are not well."""
    told = partial(progress, "archive")
    if arguments.get("mend"):
        mended, bad = archive.mend(platform, told)
        return {"mended": [each.file for each in mended], "bad": [_told(each) for each in bad]}
    months = int(arguments["months"])
    if months < 1:
        raise Refused("no_months", "nothing says how long fine readings stay", "--months", "Name 1 month or more.")
    before = archive.kept_from(local_day(platform.clock()), months)
    done = archive.archive(platform, before, told)
    return {
        "before": before.isoformat(),
        "days": len(done),
        "statements": sum(each.statements for each in done),
        "readings": sum(each.readings for each in done),
        "files": [each.file for each in done],
    }


def _told(bad: archive.Bad) -> dict[str, str]:
    return {"file": bad.archive.file, "reason": bad.reason}


def _part(platform: Platform, arguments: Arguments, progress: Progress) -> dict[str, Any]:
    """Replay part of the log: `topic`, `from` a time or `from_offset`, `into` a side file or the live tables."""
    start = _start(platform, arguments)
    told = partial(progress, "replay")
    if not arguments.get("into"):
        return {
            "folded again": replay.refold(platform.log, platform.database, platform.follower.paused, start, told)
        }
    path = Path(arguments["into"])
    if path.exists():
        raise FileExistsError(f"{path} is there already: name a new file with --into")
    generation = replay.build(platform.log, path, platform.database.limits, after=start, progress=told)
    generation.connection.close()
    return {"written": str(path)}


def _start(platform: Platform, arguments: Arguments) -> dict[Stream, int]:
    """Where each stream is to be replayed from; those of other topics from their end, which is not at all."""
    ends, topic = platform.log.ends(), arguments.get("topic")
    if topic is not None and topic not in {stream.topic for stream in ends}:
        known = ", ".join(sorted({stream.topic for stream in ends}))
        raise Refused("unknown_topic", f"the log has no topic {topic!r}", "--topic", f"It has {known}.")
    start: Mapping[Stream, int] = dict.fromkeys(ends, arguments.get("from_offset") or 0)
    if arguments.get("from"):
        moment = _moment(arguments, "from")
        start = platform.log.since(moment.replace(tzinfo=UTC)) if moment else start
    return {
        stream: min(start[stream], end) if topic in (None, stream.topic) else end for stream, end in ends.items()
    }


OPERATIONS: Mapping[str, Operation] = {
    "load": load_district,
    "import": import_tables,
    "replay": replay_tables,
    "snapshot": take_snapshot,
    "backup": take_backup,
    "archive": archive_history,
    "verify": verify,
    "sql": sql,
    "simulate_devices": simulate_devices,
    "token": token_operation,
}
