"""`district.device_detail_recorded` to Avro datums: the same bytes as the row-wise codec's, a fifth of its time.

Stations send such a detail with each of their frames: lowest, highest and count of every factor beside its mean.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from eventlog.primitives import long, strings, text
from ingest.statement import microseconds

DETAIL = "district.device_detail_recorded"

_EMPTY = b"\x00"
_REMEMBERED = 65_536


def datum(fields: Mapping[str, Any]) -> bytes:
    """The event's fields, those of its envelope among them, as an Avro datum. It follows nothing."""
    data_at = fields["data_at"]
    return b"".join(
        (
            b"\x48", fields["event_id"].encode(), text(fields["subject"]), _moment(fields["occurred_at"]),
            _moment(fields["recorded_at"]), _text(fields["source"]), _EMPTY, _text(fields["mn"]),
            _text(fields["site_id"]), _text(fields["cn"]), _text(fields["st"]),
            _EMPTY if data_at is None else b"\x02" + _moment(data_at),
            _names(tuple(fields["names"])), strings(fields["texts"]),
        )
    )  # fmt: skip


_text = lru_cache(_REMEMBERED)(text)
_names = lru_cache(4096)(strings)


@lru_cache(_REMEMBERED)
def _moment(at: int | datetime) -> bytes:
    return long(at if isinstance(at, int) else microseconds(at))
