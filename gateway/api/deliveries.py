"""Numbered deliveries: of one key and number one body is taken down, and whoever sends it gets the one answer."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple, Protocol

from gateway.api.bodies import BadRequest
from running.platform import Platform
from services.access.commands import BeginDelivery, NoteDelivery
from services.decider import Refused
from services.handler import Superseded, VerdictPending


class Sender(Protocol):
    """Whose numbers they are, and by what key."""

    @property
    def key_id(self) -> str: ...
    @property
    def holder(self) -> str: ...


class Answer(NamedTuple):
    """What a delivery is answered: status, and a JSON document."""

    status: int
    body: bytes


class Deliveries:
    """Lets one delivery of a number in at a time, and keeps what it was answered.

    What comes is claimed durably before any of it is taken down: another body is refused with nothing of it
    recorded, also if the process died before it had answered the first. The same body then begins again, and what
    was recorded of it by then is not recorded twice.
    """

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._guard = threading.Lock()
        self._inside: dict[str, tuple[threading.Lock, int]] = {}

    def answered(self, sender: Sender, number: str, body: bytes, take: Callable[[], Answer]) -> Answer:
        """What the first delivery of the number was answered, which `take` says where this is the first.

        Raises `BadRequest` where another body came under it, `VerdictPending` where the tables
        are too far behind to tell; then nothing of it was taken down.
        """
        identity = hashlib.sha256(f"{sender.key_id}\n{number}".encode()).hexdigest()[:32]
        digest = hashlib.sha256(body).hexdigest()
        with self._alone(identity):
            self._claim(sender, identity, digest)
            known = self._known(identity)
            if known:
                return known
            answer = take()
            return self._noted(sender, identity, digest, answer)

    def _claim(self, sender: Sender, identity: str, digest: str) -> None:
        claim = BeginDelivery(source=sender.holder, delivery_id=identity, content_sha256=digest)
        try:
            self._handled_or_superseded(claim)
        except Refused as refusal:
            raise BadRequest(422, refusal.code, refusal.message, refusal.remedy) from None

    def _handled_or_superseded(self, claim: BeginDelivery) -> None:
        try:
            self._platform.handler.handle(claim)
        except Superseded:  # another process on the same log was first, perhaps with the same body
            self._platform.handler.handle(claim)

    def _known(self, identity: str) -> Answer | None:
        """What a delivery of this number was answered before."""
        event, fields = self._platform.state.history(f"delivery/{identity}")[-1]
        if event != "district.delivery_recorded":
            return None
        return Answer(fields["status"], fields["answer"].encode())

    def _noted(self, sender: Sender, identity: str, digest: str, answer: Answer) -> Answer:
        note = NoteDelivery(
            source=sender.holder,
            delivery_id=identity,
            content_sha256=digest,
            status=answer.status,
            answer=answer.body.decode(),
        )
        try:
            self._platform.handler.handle(note)
        except Superseded:  # another process on the same log took the same body down, and answered first
            return self._known(identity) or answer
        except VerdictPending:
            return answer  # the note is durable
        return answer

    @contextmanager
    def _alone(self, identity: str) -> Iterator[None]:
        with self._guard:
            lock, waiting = self._inside.get(identity, (threading.Lock(), 0))
            self._inside[identity] = lock, waiting + 1
        try:
            with lock:
                yield
        finally:
            with self._guard:
                lock, waiting = self._inside.pop(identity)
                if waiting > 1:
                    self._inside[identity] = lock, waiting - 1
