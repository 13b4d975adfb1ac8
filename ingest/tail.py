"""What stood in the log behind the tables when the process began: statements that they don't know."""

from collections.abc import Collection

import polars as pl

from eventlog.columns import UndecodableBatch, columns
from eventlog.log import NOTHING, Batch, EventLog, Offsets
from schemas.contract import event_types
from schemas.ids import UnknownSchema, registry

Numbers = dict[tuple[str, str, int], tuple[int, str]]
"""The last statement's number and event_id by site_id, period, observed_at in microseconds."""

_MOST_EVENTS = 200_000


def numbers_behind(log: EventLog, standing: Offsets, register: Collection[str]) -> Numbers | None:
    """The last statement on everything that was stated behind `standing`.

    None where that can't be said: too much stands there, or an event of the `register`, by which statements are
    judged.
    """
    if sum(max(end - standing.get(stream, 0), 0) for stream, end in log.ends().items()) > _MOST_EVENTS:
        return None
    found: Numbers = {}
    for batch in log.read(standing):
        name = _event(batch)
        if name in register:
            return None
        if name is not None and event_types()[name].aggregate is None:
            _number(found, batch, standing.get(batch.stream, 0))
    return found


def _event(batch: Batch) -> str | None:
    try:
        return None if batch.schema_id == NOTHING else registry().entry(batch.schema_id).event
    except UnknownSchema:
        return None


def _number(found: Numbers, batch: Batch, standing: int) -> None:
    try:
        frame = columns([batch]).filter(pl.col("log_offset") >= standing)
    except UndecodableBatch:  # it enters no table either
        return
    frame = frame.with_columns(pl.col("observed_at").to_physical())
    for site, period, at, number, event_id in frame.select(
        "site_id", "period", "observed_at", "statement", "event_id"
    ).iter_rows():
        if number >= found.get((site, period, at), (0, ""))[0]:
            found[site, period, at] = number, event_id
