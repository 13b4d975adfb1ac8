"""Avro's primitives as bytes (Avro specification, "Binary Encoding"), for what is written or framed by hand."""


def long(value: int) -> bytes:
    """Variable-length zig-zag encoding of an int or long of up to 64 bits."""
    rest, encoded = (value << 1) ^ (value >> 63), bytearray()
    while rest > 0x7F:
        encoded.append(rest & 0x7F | 0x80)
        rest >>= 7
    encoded.append(rest)
    return bytes(encoded)


def text(value: str) -> bytes:
    """A string: its length in bytes, then UTF-8."""
    content = value.encode()
    return long(len(content)) + content
