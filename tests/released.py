"""Logs as released versions wrote them, kept so that every later version reads them.

`python -m tests.released` writes the present version's, `tests/fixtures/logs/<version>.sqlite`: each event type by
every schema that is registered. To be run at a release, once, and committed; what is there is never written again.
"""

import sys
import tomllib
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from eventlog.codec import Event
from eventlog.embedded import EmbeddedLog
from schemas.ids import Entry, registry
from tests.factories import NOON
from tests.projections.domain import Written, as_written

ROOT = Path(__file__).parent.parent
LOGS = Path(__file__).parent / "fixtures" / "logs"


def version() -> str:
    """The present version, as the project's file says it."""
    said: str = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    return said


def events() -> Iterator[Event]:
    """Two events by every registered schema, of different things."""
    for entry in registry().entries.values():
        for number in (1, 2):
            yield Written(entry.event, _fields(entry, number), entry.id)


def _fields(entry: Entry, number: int) -> dict[str, Any]:
    fields = {field["name"]: _value(field["type"], number) for field in entry.schema["fields"]}
    identity = f"{entry.event}/{entry.version}/{number}"
    named: dict[str, Any] = {
        name: f"{entry.event}-{number}" for name in fields if name.endswith(("_id", "_no")) or name == "mn"
    }
    event_id = str(uuid.uuid5(uuid.NAMESPACE_OID, identity))
    envelope = {"event_id": event_id, "subject": identity, "previous": None, "source": "release"}
    if "factors" in fields and "marks" in fields:
        named |= {"factors": ["PM2.5", "TP"], "values": [40.0, None], "marks": ["", "D"]}
    return {**fields, **named, **envelope}


def _value(kind: Any, number: int) -> Any:
    if isinstance(kind, list):
        return _value(kind[-1], number) if number == 2 else None
    if isinstance(kind, dict):
        if kind.get("logicalType") == "timestamp-micros":
            return NOON + timedelta(hours=number)
        if kind.get("logicalType") == "date":
            return date(2022, 1, number)
        if kind["type"] == "enum":
            return kind["symbols"][number % len(kind["symbols"])]
        if kind["type"] == "array":
            return [] if number == 1 else [_value(kind["items"], number)]
        return _value(kind["type"], number)
    return {"string": "said", "boolean": True, "double": 1.5, "float": 1.5, "bytes": b"said"}.get(kind, number)


def main() -> None:
    path = LOGS / f"{version()}.sqlite"
    if path.exists():
        sys.exit(
            f"{path} is there: what a release wrote is never written again. Is the version in pyproject.toml new?"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    log = EmbeddedLog(path)
    log.append(as_written(events()))
    print(f"{path}: {sum(log.ends().values())} events; commit it")
    log.close()


if __name__ == "__main__":
    main()
