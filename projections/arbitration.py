"""Who wins is decided by the log: an event counts if it names its subject's head as `previous`.

Kafka has no expected-version check, so none is relied on. Two authors who saw the same head may both append;
the one whose event stands first in the log wins, on every replica and in every replay.

What has no life is told by itself: a statement whose subject is named by the event's own id, and that follows
nothing, has no rivals. It counts when it comes first, and is kept in its own table only.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import duckdb
import polars as pl

from projections.heads import Head, Heads
from schemas.contract import event_types

_COLUMNS = ("event_id", "subject", "previous", "event", "topic", "partition", "log_offset")
_SAME = ["event_id", "occurred_at"]
_MOVED = {
    "subject": pl.String,
    "row": pl.Int64,
    "event_id": pl.String,
    "length": pl.Int32,
    "first_offset": pl.Int64,
    "last_offset": pl.Int64,
}
_MOVE = """
UPDATE ops.head SET event_id = CAST(m.event_id AS UUID), length = m.length, last_offset = m.last_offset
FROM moved AS m WHERE head.rowid = m.row
"""
_KEEP_ASIDE = """
INSERT INTO ops.superseded BY NAME
SELECT * REPLACE (CAST(event_id AS UUID) AS event_id) FROM aside AS a
WHERE NOT EXISTS (FROM ops.superseded AS s WHERE s.event_id = CAST(a.event_id AS UUID) AND s.subject = a.subject)
"""


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
    """What is known of one subject: the last event that counted, how many did, and which of them came just now."""

    head: str | None = None
    length: int = 0
    counted: set[str] = field(default_factory=set)


def judge(lives: dict[str, Life], claims: Iterable[Claim]) -> Iterator[tuple[Claim, int | None]]:
    """Each claim in order, with its number among its subject's events from 1 on where it counts.

    The number is None where the event names another than the head. It is superseded then, unless it repeats one
    that counted before: repetitions of those that `lives` knows are passed over. `lives` is brought up to date.
    """
    for claim in claims:
        life = lives.setdefault(claim.subject, Life())
        if claim.previous == life.head:
            life.head = claim.event_id
            life.length += 1
            life.counted.add(claim.event_id)
            yield claim, life.length
        elif claim.event_id not in life.counted:
            yield claim, None


def arbitrate(
    connection: duckdb.DuckDBPyConnection, heads: Heads, frames: Mapping[str, pl.DataFrame]
) -> dict[str, pl.DataFrame]:
    """Judge events, by their types and each type's in log order; keep the heads and what was superseded.

    Returns by type those that count, with their `sequence`.
    """
    counted, waiting = dict[str, pl.DataFrame](), dict[str, pl.DataFrame]()
    for name, frame in frames.items():
        own = f"{event_types()[name].aggregate}/" + frame["event_id"]
        alone = frame["previous"].is_null() & (frame["subject"] == own)
        statements = _first_said(connection, name, frame.filter(alone))
        timed = statements["occurred_at"] != statements["recorded_at"]
        counted[name] = statements.filter(timed).with_columns(pl.lit(1, pl.Int32).alias("sequence"))
        waiting[name] = pl.concat([frame.filter(~alone), statements.filter(~timed)])
    claims = pl.concat([frame.with_columns(event=pl.lit(n)).select(_COLUMNS) for n, frame in waiting.items()])
    if claims.height:
        accepted = _settle(connection, heads, claims.sort("topic", "partition", "log_offset"))
        for name, frame in waiting.items():
            numbered = accepted.filter(pl.col("event") == name).drop("event")
            judged = frame.join(numbered, on=["event_id", "log_offset"], maintain_order="left")
            counted[name] = pl.concat([counted[name], judged])
    return counted


def _first_said(connection: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Without what its table holds already. Its id follows from what it says, and so its time where it says one;
    where it says none, taken down at another time it is a repetition that its head tells."""
    frame = frame.unique(_SAME, keep="first", maintain_order=True)
    if not frame.height:
        return frame
    connection.register("said", frame.select(_SAME))
    known = connection.execute(
        f"SELECT CAST(t.event_id AS VARCHAR) FROM base.{event_types()[name].event} AS t JOIN said AS s"
        " ON CAST(s.event_id AS UUID) = t.event_id AND s.occurred_at = t.occurred_at"
        " WHERE t.occurred_at BETWEEN ? AND ?",
        [frame["occurred_at"].min(), frame["occurred_at"].max()],
    ).fetchall()
    connection.unregister("said")
    return frame.filter(~pl.col("event_id").is_in([event_id for (event_id,) in known])) if known else frame


def _settle(connection: duckdb.DuckDBPyConnection, heads: Heads, claims: pl.DataFrame) -> pl.DataFrame:
    """Judge claims in log order; returns `event_id`, `event`, `log_offset` and `sequence` of those that count."""
    known = heads.of(connection, claims["subject"].unique().to_list())
    lives = {subject: Life(head.event_id, head.length) for subject, head in known.items()}
    judged = list(judge(lives, map(Claim._make, claims.iter_rows())))
    _move_heads(connection, known, [claim for claim, sequence in judged if sequence is not None], lives)
    _set_aside(connection, known, [claim for claim, sequence in judged if sequence is None])
    rows = [(c.event_id, c.event, c.log_offset, sequence) for c, sequence in judged if sequence is not None]
    schema = {"event_id": pl.String, "event": pl.String, "log_offset": pl.Int64, "sequence": pl.Int32}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _move_heads(
    connection: duckdb.DuckDBPyConnection, known: dict[str, Head], counted: Iterable[Claim], lives: dict[str, Life]
) -> None:
    moved = dict[str, Head]()
    for claim in counted:
        head = moved.get(claim.subject) or known.get(claim.subject)
        row, first = (head.row, head.first_offset) if head else (None, claim.log_offset)
        moved[claim.subject] = Head(row, claim.event_id, lives[claim.subject].length, first, claim.log_offset)
    if moved:
        rows = [
            (subject, head.row, head.event_id, head.length, head.first_offset, head.last_offset)
            for subject, head in moved.items()
        ]
        connection.register("moved", pl.DataFrame(rows, schema=_MOVED, orient="row"))
        if known:
            connection.execute(_MOVE)
        connection.execute("INSERT INTO ops.head BY NAME SELECT * EXCLUDE (row) FROM moved WHERE row IS NULL")
        connection.unregister("moved")


def _set_aside(connection: duckdb.DuckDBPyConnection, known: dict[str, Head], claims: Sequence[Claim]) -> None:
    """Keep what names another than its subject's head, but for what repeats an event that counted or is kept."""
    first = {(claim.event_id, claim.subject): claim for claim in reversed(claims)}
    told = {
        (event, event_id)
        for event, alike in _by_event(claims).items()
        for event_id in _told(connection, event, alike, known)
    }
    rows = [claim for claim in first.values() if (claim.event, claim.event_id) not in told]
    if rows:
        connection.register("aside", pl.DataFrame(rows, schema=_COLUMNS, orient="row").drop("previous"))
        connection.execute(_KEEP_ASIDE)
        connection.unregister("aside")


def _by_event(claims: Iterable[Claim]) -> dict[str, list[Claim]]:
    found = dict[str, list[Claim]]()
    for claim in claims:
        found.setdefault(claim.event, []).append(claim)
    return found


def _told(
    connection: duckdb.DuckDBPyConnection, event: str, claims: Sequence[Claim], known: dict[str, Head]
) -> set[str]:
    """Those of a type's claims that counted before: they stand between their subject's first and last."""
    lives = [known[claim.subject] for claim in claims if claim.subject in known]
    if not lives:
        return set()
    rows = connection.execute(
        f"SELECT CAST(event_id AS VARCHAR) FROM base.{event_types()[event].event}"
        " WHERE log_offset BETWEEN ? AND ? AND event_id IN (SELECT CAST(unnest(?) AS UUID))"
        " AND subject IN (SELECT unnest(?))",
        [
            min(head.first_offset for head in lives),
            max(head.last_offset for head in lives),
            [claim.event_id for claim in claims],
            [claim.subject for claim in claims],
        ],
    ).fetchall()
    return {event_id for (event_id,) in rows}
