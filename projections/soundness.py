"""What an event must be, beside fitting its schema, so that every projection can reckon with it.

It is judged from the event alone, so the same events are set aside on every replica and in every replay.
"""

from collections.abc import Iterator
from datetime import date, datetime

import polars as pl

from projections.chunk import Unreadable, as_unreadable
from schemas.contract import EventType

_FIRST, _BEHIND = datetime(1900, 1, 1), datetime(2200, 1, 1)  # noqa: DTZ001  as the columns have times
_PARALLEL = ("factors", "values", "marks")


def sorted_out(event_type: EventType, frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Unreadable]]:
    """The events of a frame that are sound, and what the others lack."""
    reasons = pl.coalesce(*_reasons(event_type, frame))
    judged = frame.select(reasons.alias("reason"))["reason"]
    if judged.null_count() == frame.height:
        return frame, []
    return frame.filter(judged.is_null()), as_unreadable(frame, judged)


def _reasons(event_type: EventType, frame: pl.DataFrame) -> Iterator[pl.Expr]:
    """For each rule the reason where it is broken, null where it holds."""
    yield pl.lit(None, pl.String)
    for name, kind in frame.schema.items():
        if kind == pl.Datetime:
            yield _unless(pl.col(name).is_between(_FIRST, _BEHIND), f"{name} is no time from 1900 to 2199")
        elif kind == pl.Date:
            within = pl.col(name).is_between(date(1900, 1, 1), date(2199, 12, 31))
            yield _unless(within, f"{name} is no day from 1900 to 2199")
    if event_type.aggregate is None:
        lengths = [pl.col(name).list.len() for name in _PARALLEL]
        yield _unless(
            (lengths[0] == lengths[1]) & (lengths[0] == lengths[2]),
            f"{', '.join(_PARALLEL)} are not of one length",
        )


def _unless(rule: pl.Expr, reason: str) -> pl.Expr:
    return pl.when(rule.fill_null(True)).then(None).otherwise(pl.lit(reason))
