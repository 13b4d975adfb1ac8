"""SM4 of HJ 212-2025: what is enciphered of a segment, and what it was before.

The text between `CP=&&` and the last `&&` is enciphered with SM4 in ECB mode, whole groups of 16 bytes; the
remainder stays plain, and there is no padding. The check sum is that of the plain segment, so it tells which key is
right. Cipher bytes travel raw; the form that the standard prints (`{0xE4,0x3E,…}`) is read as well. (§6.4 and
Annex A.2, as public sources quote them.)
"""

import re
from collections.abc import Sequence

from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4

from ingest.hj212 import crc
from services.decider import Refused
from services.device.keys import NO_KEYS, Keys, is_key, key_of

_GROUP = 16
_HEAD = re.compile(rb"(?:^|[;\s])MN\s*=\s*([^;&\s]{1,64}).*?CP=&&", re.DOTALL | re.IGNORECASE)
_CN = re.compile(rb"(?:^|[;\s])CN\s*=\s*(\d{4})", re.IGNORECASE)
_PRINTED = re.compile(rb"\{(0x[0-9A-Fa-f]{2}(?:,\s*0x[0-9A-Fa-f]{2})*)\}")
_TEXT = re.compile(rb"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*")
"""A wrong key gives the right check sum once in 65,536 times, and text hardly ever."""
_MUST = re.compile(rb"2\d{3}|1014|3020")


class Ciphers:
    """What devices with keys encipher, and what is enciphered for them."""

    def __init__(self, keys: Keys = NO_KEYS) -> None:
        self._keys = keys

    def may_be(self, segment: bytes) -> bool:
        """Whether a segment, of which more may come, is of a device that has a key."""
        found = _HEAD.search(segment) if self._keys.any() else None
        return found is not None and bool(self._keys.of(found[1].decode("ascii", "replace")))

    def plain(self, segment: bytes, said: bytes) -> bytes | None:
        """The segment deciphered by the key of its device that gives the check sum said; None where none does."""
        found = _HEAD.search(segment) if self._keys.any() else None
        mn = found[1].decode("ascii", "replace") if found else ""
        keys = self._keys.of(mn)
        if not keys or found is None:
            return None
        raw = _PRINTED.sub(_as_bytes, segment[found.end() :], count=1)
        body, ended, tail = raw.rpartition(b"&&")
        if not ended:
            return None
        for key in keys:
            plain = segment[: found.end()] + _decrypted(key, body) + ended + tail
            if crc.hj212(plain) == int(said, 16) and _TEXT.fullmatch(plain):
                self._keys.used(mn, key)
                return plain
        return None

    def enciphered(self, mn: str, frame: bytes) -> bytes:
        """A frame for a device as it is to be sent: enciphered where it must be (CN 2000 to 2999, 1014, 3020)."""
        keys, segment, ending = self._keys.of(mn), frame[6:-6], frame[-6:]
        head, mark, rest = segment.partition(b"CP=&&")
        cn = _CN.search(head)
        if not keys or not cn or not _MUST.fullmatch(cn[1]):
            return frame
        body, ended, tail = rest.rpartition(b"&&")
        return frame[:6] + head + mark + _encrypted(keys[0], body) + ended + tail + ending

    def expect_keys(self, mn: str, texts: Sequence[str]) -> None:
        """Know the key that a command brings to a device that has one; else that is refused (raises `Refused`)."""
        if not self._keys.of(mn):
            return
        found = [text for text in texts if is_key(text)]
        if len(found) != 1:
            raise Refused(
                "bad_key",
                f"of {len(texts)} parameters {len(found)} are keys of SM4",
                "parameters",
                "Give one, as 16 ASCII characters or 32 hexadecimal digits.",
            )
        self._keys.offer(mn, key_of(found[0]))


NO_CIPHERS = Ciphers()
"""No device enciphers."""


def _encrypted(key: bytes, text: bytes) -> bytes:
    whole = len(text) - len(text) % _GROUP
    return Cipher(SM4(key), modes.ECB()).encryptor().update(text[:whole]) + text[whole:]  # noqa: S305  as it says


def _decrypted(key: bytes, text: bytes) -> bytes:
    whole = len(text) - len(text) % _GROUP
    return Cipher(SM4(key), modes.ECB()).decryptor().update(text[:whole]) + text[whole:]  # noqa: S305  as it says


def _as_bytes(printed: re.Match[bytes]) -> bytes:
    return bytes(int(each, 16) for each in printed[1].split(b","))
