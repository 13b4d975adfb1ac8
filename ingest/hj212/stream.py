"""A resynchronising reader: bytes as they come off a connection, cut into frames, broken frames and noise.

Every byte that is fed ends in exactly one item, in order: the items' `raw`, put together, are what was fed.
A frame is `##`, four digits of length, the segment, four of CRC, CR LF (HJ 212-2017 6.3.1); the end mark may lack.
"""

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from ingest.hj212 import crc
from ingest.hj212.sm4 import NO_CIPHERS, Ciphers
from services.masking import masked

LONGEST_SEGMENT = 4096
"""Where nothing else is set: the standard allows 1,024, and real devices reach 1,623."""

_HEAD = re.compile(rb"##(\d{4})")
_END = re.compile(rb"&&([0-9A-Fa-f]{4})(?=[\r\n]|##|\Z)")
_TAIL = re.compile(rb"[\r\n]*")
_HEX = re.compile(rb"[0-9A-Fa-f]{4}\Z")
_LIKELY = re.compile(rb"(?:QN|ST|CN|MN|PW|CP)=")
_HEAD_BYTES, _CRC_BYTES = 6, 4


class Check(Enum):
    """Which check sum a frame passed."""

    STANDARD = "STANDARD"
    MODBUS_SWAPPED = "MODBUS_SWAPPED"


class Frame(NamedTuple):
    """A whole frame whose length and check sum are right; `segment` is plain, also where it came `enciphered`."""

    raw: bytes
    segment: bytes
    check: Check
    enciphered: bool = False


class Broken(NamedTuple):
    """Something that was to be a frame. `code` is bad_crc, bad_length, too_long or incomplete."""

    raw: bytes
    code: str
    message: str


class Noise(NamedTuple):
    """Bytes that belong to no frame."""

    raw: bytes


class Tail(NamedTuple):
    """The end mark of a frame that was handed out before its end mark came."""

    raw: bytes


Item = Frame | Broken | Noise | Tail


class StreamReader:
    """Reads one connection. Never holds more than one frame of the longest length and what was fed last."""

    def __init__(self, longest: int = LONGEST_SEGMENT, ciphers: Ciphers = NO_CIPHERS) -> None:
        self._longest, self._ciphers = longest, ciphers
        self._rest = b""
        self._after_frame = False

    @property
    def waiting(self) -> int:
        """Bytes that are held because more may come."""
        return len(self._rest)

    @property
    def held(self) -> bytes:
        """These bytes."""
        return self._rest

    def anew(self) -> "StreamReader":
        """A reader that holds nothing."""
        return StreamReader(self._longest, self._ciphers)

    def feed(self, data: bytes) -> list[Item]:
        """What is clear after these bytes."""
        return list(self._read(self._rest + data if self._rest else data, final=False))

    def flush(self) -> list[Item]:
        """What the bytes held are if no more come: after a pause, or at the end."""
        return list(self._read(self._rest, final=True))

    def _read(self, buffer: bytes, *, final: bool) -> Iterator[Item]:
        position = clear = 0
        if self._after_frame and buffer:
            clear = position = _tail_end(buffer, 0)
            self._after_frame = clear == len(buffer)
            if clear:
                yield Tail(buffer[:clear])
        while True:
            start, length = _heading(buffer, position, final=final)
            if length is None:
                held = start
                break
            item = self._at(buffer, start, length, final=final)
            if item is _WAIT:
                held = start
                break
            if item is _NO_FRAME:
                position = start + 2
                continue
            if start > clear:
                yield Noise(buffer[clear:start])
            yield item
            clear = position = start + len(item.raw)
            self._after_frame = clear == len(buffer) and isinstance(item, Frame | Broken)
        held = max(held, clear)
        if held > clear:
            yield Noise(buffer[clear:held])
        self._rest = buffer[held:]

    def _at(self, buffer: bytes, start: int, length: int, *, final: bool) -> Item:
        """The frame that begins at `start`; or that more must come, or that none begins there."""
        begin = start + _HEAD_BYTES
        end = begin + length + _CRC_BYTES
        complete = length <= self._longest and end <= len(buffer)
        if complete:
            check = passed(buffer[begin : end - _CRC_BYTES], buffer[end - _CRC_BYTES : end])
            if check:
                return Frame(buffer[start : _tail_end(buffer, end)], buffer[begin : end - _CRC_BYTES], check)
            plain = self._plain(buffer[begin : end - _CRC_BYTES], buffer[end - _CRC_BYTES : end])
            if plain is not None:
                return Frame(buffer[start : _tail_end(buffer, end)], plain, Check.STANDARD, enciphered=True)
        elif length <= self._longest and not final and self._ciphers.may_be(buffer[begin:end]):
            return self._overtaken(buffer, start) or _WAIT  # cipher bytes may look like an end
        broken = self._ended_elsewhere(buffer, start, length, final=final)
        if broken:
            return broken
        if length > self._longest:
            return _NO_FRAME
        if not complete and not final:
            return self._overtaken(buffer, start) or _WAIT
        return _unended(buffer, start, min(end, len(buffer)), "bad_crc" if complete else "incomplete")

    def _plain(self, segment: bytes, said: bytes) -> bytes | None:
        """The segment deciphered, where its device has a key that gives its check sum."""
        return self._ciphers.plain(segment, said) if _HEX.match(said) else None

    def _ended_elsewhere(self, buffer: bytes, start: int, length: int, *, final: bool) -> Broken | Frame | None:
        """A frame with an end of its own, where its check sum or its length is wrong."""
        begin = start + _HEAD_BYTES
        following = _HEAD.search(buffer, begin)
        behind = following.start() if following else len(buffer)
        for found in _END.finditer(buffer, begin, min(behind, begin + self._longest + _CRC_BYTES)):
            segment = buffer[begin : found.start() + 2]
            check = passed(segment, found[1])
            if not check and found.end() == len(buffer) and not final and len(segment) != length:
                return None  # it may be the middle of the segment
            raw = buffer[start : _tail_end(buffer, found.end())]
            plain = None if check else self._plain(segment, found[1])
            if plain is not None:  # cipher bytes in print: its length counts them as they are raw
                return Frame(raw, plain, Check.STANDARD, enciphered=True)
            if check and length > self._longest:
                return Broken(
                    raw, "too_long", f"it says that its segment has {length} bytes; it has {len(segment)}"
                )
            if check:
                return Broken(raw, "bad_length", f"it says {length} bytes, and its segment has {len(segment)}")
            return Broken(raw, "bad_crc", _sums(segment, found[1].decode()))
        return None

    def _overtaken(self, buffer: bytes, start: int) -> Broken | None:
        """What stands before a sound frame that came before this one's end: it was cut off."""
        following = _HEAD.search(buffer, start + _HEAD_BYTES)
        if following:
            begin = following.end()
            end = begin + int(following[1])
            if passed(buffer[begin:end], buffer[end : end + _CRC_BYTES]):
                return Broken(buffer[start : following.start()], "incomplete", "another frame begins within it")
        return None


def _heading(buffer: bytes, position: int, *, final: bool) -> tuple[int, int | None]:
    """The next place where a frame may begin, and the length that it says; no length where more must come."""
    while True:
        start = buffer.find(b"##", position)
        if start < 0:
            return len(buffer) - (buffer.endswith(b"#") and not final), None
        digits = buffer[start + 2 : start + _HEAD_BYTES]
        if len(digits) == 4 and digits.isdigit():
            return start, int(digits)
        if start + _HEAD_BYTES > len(buffer) and not final and (digits.isdigit() or not digits):
            return start, None
        position = start + 1


def passed(segment: bytes, said: bytes) -> Check | None:
    """Which check sum of the segment the four digits are; None where they are neither."""
    if not _HEX.match(said):
        return None
    number = int(said, 16)
    if number == crc.hj212(segment):
        return Check.STANDARD
    return Check.MODBUS_SWAPPED if number == crc.modbus_swapped(segment) else None


def _unended(buffer: bytes, start: int, end: int, code: str) -> Item:
    """A damaged frame up to where the next may begin; none where it does not look like one."""
    following = buffer.find(b"##", start + 2, end + 1)
    end = following if following >= 0 else end
    if following >= 0:
        code = "incomplete"
    elif buffer[end - 1 : end] == b"#":
        end -= 1
    if not _LIKELY.search(buffer, start, end):
        return _NO_FRAME
    message = "it ends before its length says" if code == "incomplete" else "its CRC is not that of its segment"
    return Broken(buffer[start : _tail_end(buffer, end)], code, message)


def _sums(segment: bytes, said: str) -> str:
    """What is wrong with a check sum; where a secret stands in the segment, its own sum would give it away."""
    if masked(segment) != segment:
        return f"its CRC is not that of its segment of {len(segment)} bytes"
    return f"its CRC is {said}, and its segment has {crc.hj212(segment):04X}"


def _tail_end(buffer: bytes, end: int) -> int:
    found = _TAIL.match(buffer, end)
    return found.end() if found else end


_WAIT = Noise(b"wait")
_NO_FRAME = Noise(b"no frame")
