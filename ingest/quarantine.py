"""Keeps what could not be accepted as events of its own, byte for byte but for secrets, which are masked."""

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import orjson

from eventlog.codec import Event
from ingest.quota import Overrun
from services.decider import Refused
from services.masking import masked, masked_text

QUOTA_USED_UP = "quota_used_up"

_PART_BYTES = 512 * 1024
_EVENTS = uuid.UUID("1357e7a0-0000-5000-8000-000000000003")


@dataclass(frozen=True)
class Submission:
    """Something that was sent: `origin` names the file and row, or the caller, that it came from.

    Secrets in it are masked from the start. `sender` is who is charged for what is kept of it: a holder of a key, a
    peer, a profile; those of one channel that are told apart by nothing share one quota.
    """

    channel: str
    origin: str
    content: bytes
    sender: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "content", masked(self.content))

    @property
    def sha256(self) -> str:
        """Of the content, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()

    def identity(self, refusal: Refused) -> str:
        """The same for the same bytes from the same place, refused for the same reason."""
        digest = hashlib.sha256(self.content)
        said = f"\n{self.channel}\n{self.origin}\n{refusal.code}\n{refusal.where}"
        digest.update(said.encode("utf-8", "replace"))
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
                "source": masked_text(source),
                "previous": None,
                "submission_id": identity,
                "channel": submission.channel,
                "origin": masked_text(submission.origin),
                "code": refusal.code,
                "message": masked_text(refusal.message),
                "location": masked_text(refusal.where),
                "remedy": masked_text(refusal.remedy),
                "part": number,
                "parts": max(len(parts), 1),
                "content": content,
            },
        )


def stated(overrun: Overrun, now: datetime) -> Iterator[Event]:
    """The one entry that says what a sender sent beyond its quota until now, and what it was refused for."""
    who, since, until = overrun.sender or overrun.channel, overrun.since.isoformat(), now.isoformat()
    said = {
        "since": since,
        "until": until,
        "submissions": overrun.count,
        "bytes": overrun.size,
        "by_code": overrun.codes,
        "first": overrun.examples,
    }
    refusal = Refused(
        QUOTA_USED_UP,
        f"{overrun.count} submissions of {overrun.size} bytes were refused from {since} to {until} and not kept:"
        f" what {who} may have kept in a day is used up",
        "quota",
        "Mend what they are refused for, and have them sent again; ENV1357_QUARANTINE_BYTES is the quota.",
    )
    content = orjson.dumps(said, option=orjson.OPT_INDENT_2)
    submission = Submission(overrun.channel, f"{who}, {overrun.count} submissions", content, overrun.sender)
    return quarantined(submission, refusal, overrun.channel, now)
