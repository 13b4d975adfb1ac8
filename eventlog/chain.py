"""The hash chain of the embedded log: each batch is sealed with everything that was written before it."""

import hashlib
from collections.abc import Collection, Iterable, Iterator

from eventlog.log import Head, LogDamaged

__all__ = ["GENESIS", "Head", "link", "walk"]

GENESIS = b"\0" * 32

Row = tuple[int, str, int, int, int, bytes, bytes]
"""position, topic, base_offset, schema_id, count, datums, chain"""


def link(chain: bytes, topic: str, base_offset: int, schema_id: int, count: int, datums: bytes) -> bytes:
    """SHA-256 of the chain so far and of the batch that follows it."""
    digest = hashlib.sha256(chain)
    digest.update(f"{topic}\n{base_offset}\n{schema_id}\n{count}\n".encode())
    digest.update(datums)
    return digest.digest()


def walk(rows: Iterable[Row], noted: Collection[Head]) -> Iterator[int]:
    """Check the rows, all from the first on, yielding each position that holds.

    Raises `LogDamaged` at the first that is not what was written, and where a head that was noted is not passed.
    """
    chain, offsets = GENESIS, dict[str, int]()
    ahead = {head for head in noted if head != Head(0, GENESIS.hex())}
    expected = {head.position: head for head in ahead}
    for number, (position, topic, base_offset, schema_id, count, datums, kept) in enumerate(rows, 1):
        chain = link(chain, topic, base_offset, schema_id, count, datums)
        if position != number or base_offset != offsets.get(topic, 0) or kept != chain:
            raise LogDamaged(
                f"batch {position} ({topic} at offset {base_offset}) is not what was written: the file was "
                "changed. Restore the log from a backup; what stands before this batch is intact"
            )
        offsets[topic] = base_offset + count
        if position in expected:
            ahead.discard(Head(position, kept.hex()))
            if expected[position] in ahead:
                break
        yield position
    if ahead:
        missed = min(ahead, key=lambda head: head.position)
        raise LogDamaged(
            f"the chain does not pass through {missed}: the log was rewritten or cut short since that head "
            "was noted. Restore the log from a backup"
        )
