"""Keeps what could not be accepted, byte for byte, as events of its own."""

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from eventlog.codec import Event
from services.decider import Refused

_PART_BYTES = 512 * 1024
_EVENTS = uuid.UUID("1357e7a0-0000-5000-8000-000000000003")


@dataclass(frozen=True)
class Submission:
    """Something that was sent: `origin` names the file and row, or the caller, that it came from."""

    channel: str
    origin: str
    content: bytes

    def identity(self, refusal: Refused) -> str:
        """The same for the same bytes from the same place, refused for the same reason."""
        digest = hashlib.sha256(self.content)
        digest.update(f"\n{self.channel}\n{self.origin}\n{refusal.code}\n{refusal.where}".encode())
        return digest.hexdigest()[:32]


def quarantined(submission: Submission, refusal: Refused, source: str, now: datetime) -> Iterator[Event]:
    """The events that keep a refused submission; large ones in parts."""
    identity = submission.identity(refusal)
    parts = [submission.content[at : at + _PART_BYTES] for at in range(0, len(submission.content), _PART_BYTES)]
    for number, content in enumerate(parts or [b""], 1):
        yield Event(
            "district.submission_quarantined",
            {
                "event_id": str(uuid.uuid5(_EVENTS, f"{identity}#{number}")),
                "subject": f"submission/{identity}/{number}",
                "occurred_at": now,
                "recorded_at": now,
                "source": source,
                "previous": None,
                "submission_id": identity,
                "channel": submission.channel,
                "origin": submission.origin,
                "code": refusal.code,
                "message": refusal.message,
                "location": refusal.where,
                "remedy": refusal.remedy,
                "part": number,
                "parts": max(len(parts), 1),
                "content": content,
            },
        )
