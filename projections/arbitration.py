"""Who wins is decided by the log: an event counts if it names its subject's head as `previous`.

Kafka has no expected-version check, so none is relied on. Two authors who saw the same head may both append;
the one whose event stands first in the log wins, on every replica and in every replay.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import duckdb
import polars as pl

_COLUMNS = ("event_id", "subject", "previous", "event", "topic", "partition", "log_offset")


class Claim(NamedTuple):
    """An event with a life of its own, as it asks to be counted."""

    event_id: str
    subject: str
    previous: str | None
    event: str
    topic: str
    partition: int
    log_offset: int


@dataclass
class Life:
    """What is known of one subject: its events so far and the last that counted."""

    seen: set[str] = field(default_factory=set)
    head: str | None = None
    length: int = 0


def judge(lives: dict[str, Life], claims: Iterable[Claim]) -> Iterator[tuple[Claim, int | None]]:
    """Each claim that is not a repetition, in order, with its number among its subject's events from 1 on.

    The number is None where the event is superseded. `lives` is brought up to date.
    """
    for claim in claims:
        life = lives.setdefault(claim.subject, Life())
        if claim.event_id in life.seen:
            continue
        life.seen.add(claim.event_id)
        if claim.previous == life.head:
            life.head = claim.event_id
            life.length += 1
            yield claim, life.length
        else:
            yield claim, None


def arbitrate(connection: duckdb.DuckDBPyConnection, frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Judge the events of the frames, in log order, and keep the verdicts in `ops.verdict`.

    The frames have an `event` column beside the events' own. Returns `event_id`, `log_offset` and `sequence`
    of those that counted.
    """
    arrived = pl.concat([frame.select(_COLUMNS) for frame in frames]).sort("topic", "partition", "log_offset")
    connection.register("arrived", arrived)
    lives = _lives(connection)
    rows = [(*claim, sequence) for claim, sequence in judge(lives, map(Claim._make, arrived.iter_rows()))]
    verdicts = pl.DataFrame(rows, schema={**arrived.schema, "sequence": pl.Int32}, orient="row").drop("previous")
    connection.register("arrived", verdicts)
    connection.execute("INSERT INTO ops.verdict BY NAME FROM arrived")
    connection.unregister("arrived")
    return verdicts.filter(pl.col("sequence").is_not_null()).select("event_id", "log_offset", "sequence")


def _lives(connection: duckdb.DuckDBPyConnection) -> dict[str, Life]:
    lives: dict[str, Life] = {}
    rows = connection.execute(
        "SELECT subject, CAST(event_id AS VARCHAR), sequence FROM ops.verdict"
        " SEMI JOIN arrived USING (subject) ORDER BY sequence NULLS FIRST"
    ).fetchall()
    for subject, event_id, sequence in rows:
        life = lives.setdefault(subject, Life())
        life.seen.add(event_id)
        if sequence is not None:
            life.head, life.length = event_id, sequence
    return lives
