"""Puts a message that came in parts together again (PNUM, PNO; HJ 212-2017 Annex C.3)."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.hj212.frame import Message

_MOST_BYTES = 32 * 1024 * 1024
_MOST_PARTS = 999


@dataclass
class _Waiting:
    first_at: float
    pnum: int
    parts: dict[int, tuple[Message, bytes]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return sum(len(raw) for _, raw in self.parts.values())


@dataclass(frozen=True, slots=True)
class Incomplete:
    """Parts whose others did not come in time: `raw` are their frames, in the order of the parts."""

    message: Message
    raw: bytes
    missing: tuple[int, ...]


class Assembler:
    """Parts that wait for others, of all devices; times are seconds of any one clock."""

    def __init__(self, timeout_s: float = 60.0) -> None:
        self._timeout_s = timeout_s
        self._waiting: dict[tuple[str, str, str], _Waiting] = {}
        self._given_up: list[_Waiting] = []

    def add(self, message: Message, raw: bytes, now: float) -> tuple[Message, bytes] | None:
        """The whole message and all of its frames once the last part is there; else None.

        Parts may come in any order and more than once. A part of another number of parts begins anew, and the
        parts before it are given up.
        """
        key = (message.mn, message.cn, message.st)
        waiting = self._waiting.get(key)
        if waiting is None or waiting.pnum != message.pnum:
            self._given_up.extend([waiting] if waiting else [])
            waiting = self._waiting[key] = _Waiting(now, message.pnum)
        waiting.parts[message.pno] = (message, raw)
        if len(waiting.parts) < message.pnum:
            return None
        del self._waiting[key]
        ordered = [waiting.parts[number] for number in sorted(waiting.parts)]
        first = ordered[0][0]
        whole = first._replace(cp=_joined([part.cp for part, _ in ordered]), pnum=1, pno=1)
        return whole, b"".join(each for _, each in ordered)

    def expired(self, now: float, *, everything: bool = False) -> Iterator[Incomplete]:
        """What was given up or has waited too long, and the oldest where too much waits."""
        surplus = sum(waiting.size for waiting in self._waiting.values()) - _MOST_BYTES
        for key, waiting in sorted(self._waiting.items(), key=lambda kept: kept[1].first_at):
            if everything or surplus > 0 or now - waiting.first_at > self._timeout_s:
                surplus -= waiting.size
                self._given_up.append(self._waiting.pop(key))
        given_up, self._given_up = self._given_up, []
        yield from map(_incomplete, given_up)


def sound(message: Message) -> bool:
    """Whether its number of parts and its own number fit each other."""
    return 1 <= message.pno <= message.pnum <= _MOST_PARTS


def _incomplete(waiting: _Waiting) -> Incomplete:
    ordered = [waiting.parts[number] for number in sorted(waiting.parts)]
    missing = tuple(number for number in range(1, waiting.pnum + 1) if number not in waiting.parts)
    return Incomplete(ordered[0][0], b"".join(raw for _, raw in ordered), missing)


def _joined(contents: list[str]) -> str:
    """The parts' contents as one; a time that every part repeats is said once."""
    first = contents[0].partition(";")[0]
    repeated = first.startswith("DataTime=") and all(part.startswith(first) for part in contents)
    rest = (
        [part[len(first) :].strip(";") for part in contents] if repeated else [part.strip(";") for part in contents]
    )
    return ";".join([first, *filter(None, rest)] if repeated else filter(None, rest))
