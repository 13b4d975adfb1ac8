"""Avro's primitives as bytes (Avro specification, "Binary Encoding"), for what is written or framed by hand."""

from collections.abc import Sequence


def long(value: int) -> bytes:
    """Variable-length zig-zag encoding of an int or long of up to 64 bits."""
    rest, encoded = (value << 1) ^ (value >> 63), bytearray()
    while rest > 0x7F:
        encoded.append(rest & 0x7F | 0x80)
        rest >>= 7
    encoded.append(rest)
    return bytes(encoded)


_EMPTY = b"\x00"
_SHORT = 64
_LENGTHS = [chr(2 * length) for length in range(_SHORT)]


def text(value: str) -> bytes:
    """A string: its length in bytes, then UTF-8."""
    content = value.encode()
    return long(len(content)) + content


def strings(texts: Sequence[str]) -> bytes:
    """An array of strings: a length's one byte is a character too, where all are short and of ASCII."""
    if not texts:
        return _EMPTY
    said = "".join(texts)
    if said.isascii() and (len(said) < _SHORT or max(map(len, texts)) < _SHORT):
        content = "".join([_LENGTHS[len(each)] + each for each in texts]).encode()
    else:
        content = b"".join(map(text, texts))
    return long(len(texts)) + content + _EMPTY
