"""The plain way that the replay is measured beside: row-wise decoding and `executemany` into the same tables."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from eventlog.codec import decode
from eventlog.embedded import EmbeddedLog
from eventlog.log import Stream
from projections.catalogue import all_keys, catalogue
from projections.engine import replace_keys
from projections.layout import lay_out
from schemas.standards import factors

_OBSERVATION = "INSERT INTO base.observation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_READING = "INSERT INTO base.reading VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def replay_plainly(log: EmbeddedLog, path: Path) -> duckdb.DuckDBPyConnection:
    """Fill base and air tables of a new database from a log of air observations.

    The air tables are computed once at the end, by the same SQL: the row-wise way gets that as a present.
    """
    connection = duckdb.connect(str(path), config={"threads": 2, "memory_limit": "256MB"})
    lay_out(connection)
    for batch in log.read({}):
        connection.execute("BEGIN")
        observations, readings = [], []
        for offset, event in enumerate(decode(batch.schema_id, batch.datums, batch.count), batch.base_offset):
            observations.append(_observation(event, batch.stream, offset))
            readings.extend(_readings(event, offset))
        connection.executemany(_OBSERVATION, observations)
        connection.executemany(_READING, readings)
        connection.execute("COMMIT")
    for name in ("air.hourly", "air.daily_statistic", "air.daily"):
        projection = catalogue().projections[name]
        connection.execute(f"CREATE OR REPLACE TEMP TABLE every_key AS {all_keys(projection)}")
        replace_keys(connection, projection, "every_key")
    return connection


def _observation(event: Mapping[str, Any], stream: Stream, offset: int) -> tuple[Any, ...]:
    return (
        event["event_id"],
        event["site_id"],
        event["period"],
        _naive(event["observed_at"]),
        _day(event["observed_at"]),
        _naive(event["occurred_at"]),
        _naive(event["recorded_at"]),
        event["source"],
        event["statement"],
        event["reviewed"],
        *stream,
        offset,
    )


def _readings(event: Mapping[str, Any], offset: int) -> list[tuple[Any, ...]]:
    observed, recorded = _naive(event["observed_at"]), _naive(event["recorded_at"])
    day = _day(event["observed_at"])
    return [
        (
            event["site_id"], factor, event["period"], observed, day, recorded, value, factors()[factor].unit, mark,
            event["source"], "missing" if value is None else None, event["reviewed"], None, offset, offset,
        )
        for factor, value, mark in zip(event["factors"], event["values"], event["marks"], strict=True)
    ]  # fmt: skip


def _day(moment: datetime) -> date:
    return (_naive(moment) + timedelta(hours=8)).date()


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
