"""The check sum of HJ 212 (2017 Annex A), and the byte-swapped Modbus one that some vendors send instead.

The standard shifts the register before it takes a byte in, so only the register's high byte lives on: it is a
linear machine of eight bits and no CRC of any polynomial, which is why no library has it. With `h` the high
byte, `h' = A(h ^ byte)`. As `A` is linear, a segment may be folded in half: the left half, each byte passed
through `A` as often as the right half is long, XORed into the right half, has the same check sum.
"""

from functools import cache

_FEW = 12


def _entry(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (0xA001 if byte & 1 else 0)
    return byte


_TABLE = tuple(map(_entry, range(256)))
_HIGH = bytes(entry >> 8 for entry in _TABLE)


@cache
def _power(exponent: int) -> bytes:
    """`A` applied `exponent` times, as a table for `bytes.translate`."""
    if exponent == 0:
        return bytes(range(256))
    half = _power(exponent // 2)
    squared = half.translate(half)
    return squared.translate(_HIGH) if exponent % 2 else squared


def hj212(segment: bytes) -> int:
    """CRC of a data segment by HJ 212 Annex A."""
    return _TABLE[_folded(bytes([segment[0] ^ 0xFF]) + segment[1:])] if segment else 0xFFFF


class Ending:
    """The end of segments that differ at their beginning only, reckoned once."""

    def __init__(self, ending: bytes) -> None:
        self._through, self._own = _power(len(ending)), _folded(ending)

    def after(self, beginning: bytes) -> int:
        """CRC of the segment that begins so; something must stand at its beginning."""
        state = _folded(bytes([beginning[0] ^ 0xFF]) + beginning[1:])
        return _TABLE[self._through[state] ^ self._own]


def _folded(rest: bytes) -> int:
    """What bytes leave in the register, before the last of them is shifted through it."""
    length = len(rest)
    while length > _FEW:
        right = (length + 1) // 2
        left = int.from_bytes(rest[:-right].translate(_power(right)), "big")
        rest, length = (left ^ int.from_bytes(rest[-right:], "big")).to_bytes(right, "big"), right
    state = 0
    for byte in rest:
        state = _HIGH[state] ^ byte
    return state


def modbus_swapped(segment: bytes) -> int:
    """CRC-16/MODBUS with its bytes swapped: low byte first, as Modbus itself sends it."""
    state = 0xFFFF
    for byte in segment:
        state = state >> 8 ^ _TABLE[(state ^ byte) & 0xFF]
    return (state & 0xFF) << 8 | state >> 8
