"""Statements to Avro datums: the same bytes as the row-wise codec's, a tenth of its time.

Observations are nearly all of a log, and those sent together are alike: the same factors and marks, values that are
all there. So what repeats is encoded once. The id of a statement is a UUIDv5 (RFC 9562 5.5) of the encoded content
and its number, so a statement that is sent again is the same event, and one that differs is the next statement.
"""

import hashlib
import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from eventlog.primitives import long, strings, text
from schemas.contract import event_types

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

_NAMESPACE = bytes.fromhex("1357e7a0000050008000000000000002")
_EMPTY = b"\x00"
_REMEMBERED = 65_536

PERIODS = {"REALTIME": 0, "MINUTE": 60_000_000, "HOUR": 3_600_000_000, "DAY": 86_400_000_000}
"""Lengths in microseconds."""


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970, UTC, of an aware time."""
    return (moment - EPOCH) // MICROSECOND


class Statement(NamedTuple):
    """What a site states on a period: `observed_at` is its start in microseconds since 1970, UTC.

    `factors` are in order of their codes; `values`, in the factors' units, and `marks` are parallel to them.
    """

    site_id: str
    period: str
    observed_at: int
    source: str
    factors: tuple[str, ...]
    values: Sequence[float | None]
    marks: tuple[str, ...]
    reviewed: bool = False

    @property
    def key(self) -> tuple[str, str, int]:
        return self.site_id, self.period, self.observed_at


class Content(NamedTuple):
    """A statement's encoded parts, before it has a number and an id."""

    head: bytes
    tail: bytes


def content(said: Statement) -> Content:
    """What is stated, encoded: site, period and start; the three arrays, and whether they are reviewed."""
    head = _text(said.site_id) + _symbol(said.period) + _moment(said.observed_at)
    return Content(head, _texts(said.factors) + _values(said.values) + _texts(said.marks) + bytes([said.reviewed]))


def identity(said: Statement, encoded: Content, number: int) -> str:
    """The event id of a statement as the `number`-th on its site, period and start."""
    return uuid5(_NAMESPACE, encoded.head + _text(said.source) + encoded.tail + long(number))


def uuid5(namespace: bytes, content: bytes) -> str:
    """The UUID that follows from a content in a namespace (RFC 9562 5.5)."""
    digest = hashlib.sha1(namespace + content, usedforsecurity=False).digest()
    bits = int.from_bytes(digest[:16]) & ~(0xF << 76) & ~(0x3 << 62) | 5 << 76 | 2 << 62
    name = f"{bits:032x}"
    return f"{name[:8]}-{name[8:12]}-{name[12:16]}-{name[16:20]}-{name[20:]}"


def datum(said: Statement, encoded: Content, number: int, event_id: str, recorded_at: int) -> bytes:
    """The event `<subsystem>.observation_recorded` as an Avro datum; `recorded_at` in microseconds, UTC."""
    return b"".join(
        (
            b"\x48", event_id.encode(), _text(said.site_id), _moment(said.observed_at + PERIODS[said.period]),
            long(recorded_at), _text(said.source), _EMPTY, encoded.head, long(number), encoded.tail,
        )
    )  # fmt: skip


_text = lru_cache(_REMEMBERED)(text)
_moment = lru_cache(_REMEMBERED)(long)
_texts = lru_cache(_REMEMBERED)(strings)


@lru_cache
def _symbol(period: str) -> bytes:
    symbols: list[str] = event_types()["air.observation_recorded"].fields["period"]["type"]["symbols"]
    return long(symbols.index(period))


def _values(values: Sequence[float | None]) -> bytes:
    if not values:
        return _EMPTY
    if None in values:
        parts = [b"\x00" if value is None else b"\x02" + struct.pack("<d", value) for value in values]
        return long(len(values)) + b"".join(parts) + _EMPTY
    begin, doubles = _all_there(len(values))
    return begin + doubles.pack(*[part for value in values for part in (2, value)]) + _EMPTY


@lru_cache
def _all_there(count: int) -> tuple[bytes, struct.Struct]:
    """How an array of so many doubles begins, and the doubles, each behind its branch of the union."""
    return long(count), struct.Struct("<" + "Bd" * count)
