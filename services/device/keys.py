"""Keys of devices that encipher what they say (SM4, HJ 212-2025): kept beside the log, for the process alone.

A device has up to three: the one that it was last heard to use first, and behind it those that it may come to use
since they were sent to it (1014), or may still use. What stands in the log stands there for ever, so no key does.
"""

import hashlib
import json
import os
import re
import threading
from collections.abc import Sequence
from pathlib import Path

from eventlog.durable import sync
from services.decider import Refused

KEY_BYTES = 16
_MOST = 3
_HEX = re.compile(r"[0-9A-Fa-f]{32}")


def key_of(text: str) -> bytes:
    """The 16 bytes of a key, as 16 ASCII characters or 32 hexadecimal digits. Raises `Refused`."""
    if _HEX.fullmatch(text):
        return bytes.fromhex(text)
    if not is_key(text):
        raise Refused(
            "bad_key",
            f"a key of {len(text)} characters is none of SM4",
            "cipher_secret",
            "Give 16 ASCII characters, or 32 hexadecimal digits.",
        )
    return text.encode()


def is_key(text: str) -> bool:
    """Whether a text is a key, as characters or digits."""
    return bool(_HEX.fullmatch(text)) or (len(text) == KEY_BYTES and text.isascii())


class Keys:
    """The keys of devices, by MN. Any thread and process may ask; a change is seen at the next question."""

    def __init__(self, folder: Path | None) -> None:
        """`folder` is made when it is needed; without one no device has a key."""
        self._folder = folder
        self._lock = threading.Lock()
        self._read_at = -1
        self._known: dict[str, list[bytes]] = {}

    def any(self) -> bool:
        """Whether any device has a key."""
        with self._lock:
            return bool(self._read())

    def of(self, mn: str) -> Sequence[bytes]:
        """The keys that a device may use, the likeliest first; none where it is to speak plainly."""
        with self._lock:
            return tuple(self._read().get(mn, ()))

    def register(self, mn: str, key: bytes) -> None:
        """The device uses this key, and no other. Durable on return. Raises `Refused` without a place for it."""
        with self._lock:
            self._write(mn, [key])

    def offer(self, mn: str, key: bytes) -> None:
        """The device is sent this key, and may come to use it."""
        with self._lock:
            known = [each for each in self._read().get(mn, []) if each != key]
            self._write(mn, [*known[: _MOST - 1], key] if known else [key])

    def used(self, mn: str, key: bytes) -> None:
        """The device was heard to use this key."""
        with self._lock:
            known = self._read().get(mn, [])
            if known[:1] != [key]:
                self._write(mn, [key, *(each for each in known if each != key)][:_MOST])

    def _read(self) -> dict[str, list[bytes]]:
        if self._folder is None:
            return {}
        try:
            changed_at = self._folder.stat().st_mtime_ns
        except FileNotFoundError:
            return {}
        if changed_at != self._read_at:
            said = [json.loads(path.read_text(encoding="utf-8")) for path in self._folder.glob("*.json")]
            self._known = {each["mn"]: [bytes.fromhex(key) for key in each["keys"]] for each in said}
            self._read_at = changed_at
        return self._known

    def _write(self, mn: str, keys: Sequence[bytes]) -> None:
        if self._folder is None:
            raise Refused("no_secrets", "there is no place for keys", "cipher_secret", "Name a data folder.")
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{hashlib.sha256(mn.encode()).hexdigest()}.json"
        draft = path.with_suffix(f".{threading.get_ident()}.draft")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump({"mn": mn, "keys": [key.hex() for key in keys]}, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        sync(self._folder)
        self._read_at = -1


NO_KEYS = Keys(None)
"""No device has a key."""
