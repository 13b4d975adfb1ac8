"""Takes entries down, many with one durable append, and says which may be answered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import structlog

from eventlog.codec import Event
from ingest.hj212.contents import Said, read_all
from ingest.hj212.detail import DETAIL, datum
from ingest.hj212.directory import Device
from ingest.hj212.exchange import Exchange
from ingest.hj212.frame import frame
from ingest.hj212.session import Entry, Kind, answered
from ingest.hj212.strangers import CODES, Draft, Stranger, Strangers
from ingest.hj212.traffic import SOURCE, Traffic, is_late
from ingest.observations import Observations
from ingest.quarantine import Submission
from ingest.statement import Statement, uuid5
from schemas.contract import event_types
from services.decider import Refused
from services.handler import utc_now
from services.masking import masked, masked_text
from services.ports import Clock
from services.unexpected import Unexpected, attempted

_EVENTS = bytes.fromhex("1357e7a0000050008000000000000213")
_REMEMBERED = 20_000

_logger = structlog.get_logger(__name__)


class Journal:
    """Writes what devices say into the log. Used by one thread at a time."""

    def __init__(self, observations: Observations, clock: Clock = utc_now) -> None:
        self._observations, self._clock = observations, clock
        self._traffic, self._strangers = Traffic(), Strangers()
        self._recent: dict[str, None] = {}
        self.not_kept = 0

    def keep(self, entries: Sequence[Entry], *, final: bool = False) -> None:
        """Make all of it durable and put into each entry the answer that its sender may now have.

        Whatever can't be accepted is in quarantine on return, and unanswered. `final` also records the counts of
        the minute that is not over. Raises `LogUnavailable` where nothing was recorded; it may be called again.

        Where it fails unexpectedly, entries are kept by halves: the one that it fails by is quarantined.
        """
        done = attempted(lambda: self._keep(entries, final=final))
        if isinstance(done, Unexpected):
            self._observations.expect_answers()
            self._keep_otherwise(entries)

    @property
    def due(self) -> bool:
        """Whether counts are to be recorded although nothing may have come meanwhile."""
        now = self._clock()
        return self._traffic.due(now) or self._strangers.due(now) or self._observations.quota.is_due(now)

    def _keep_otherwise(self, entries: Sequence[Entry]) -> None:
        middle = len(entries) // 2
        if middle:
            self.keep(entries[:middle])
            self.keep(entries[middle:])
        elif entries and not entries[0].refusal:
            again = attempted(lambda: self._keep(entries, final=False))
            if isinstance(again, Unexpected):
                self._observations.expect_answers()
                entries[0].refuse(again.refusal)
                self.keep(entries)
        elif entries:  # it can't even be quarantined: what it was stands in the process's own log
            self.not_kept += 1
            _logger.error("an entry could not be kept", origin=entries[0].origin, bytes=len(entries[0].raw))
        else:
            self._traffic.begin_anew()
            self._strangers.begin_anew()

    def _keep(self, entries: Sequence[Entry], *, final: bool) -> None:
        now = self._clock()
        batch = _Batch(now, self._recent, self._strangers)
        for entry in entries:
            batch.add(entry)
        due = [counter for counter in (self._traffic, self._strangers) if final or counter.due(now)]
        counts = [event for counter in due for event in counter.events(now)]
        repeats, restatements = self._append(batch, [*batch.events, *counts])
        for counter in due:
            counter.begin_anew()
        self._strangers.note(batch.strangers, now)
        self._remember(batch.fresh)
        for entry in entries:
            entry.answer = answered(entry)
            if entry.of_device:
                self._traffic.count(entry.of_device, now).add(entry, now)
        for position, (statement, owner) in enumerate(zip(batch.statements, batch.owners, strict=True)):
            if owner.message is not None and owner.refusal is None:
                count = self._traffic.count(owner.message.mn, now)
                count.repeated += position in repeats
                count.restated += position in restatements
                count.late += is_late(statement, now)

    def _append(self, batch: "_Batch", events: Sequence[Event]) -> tuple[set[int], set[int]]:
        if not (batch.statements or batch.refused or events or self._observations.quota.is_due(batch.now)):
            return set(), set()
        unsound = list[tuple[int, Refused]]()

        def keep(found: Sequence[tuple[int, Refused]]) -> Sequence[tuple[Submission, Refused]]:
            unsound.extend(found)
            return [*batch.refused, *(batch.owners[position].kept(why) for position, why in found)]

        taken = self._observations.take_statements(batch.statements, keep, SOURCE, events)
        for position, refusal in unsound:
            batch.owners[position].refuse(refusal)
        return set(taken.repeats), set(taken.restatements)

    def _remember(self, fresh: Sequence[str]) -> None:
        """Note ids of what is recorded, so that what is sent again and again is not recorded each time."""
        self._recent.update(dict.fromkeys(fresh))
        while len(self._recent) > _REMEMBERED:
            del self._recent[next(iter(self._recent))]


class _Batch:
    """Entries sorted into what becomes of them."""

    def __init__(self, now: datetime, recent: dict[str, None], known: Strangers) -> None:
        self.now, self._recent, self._known = now, recent, known
        self.strangers = Draft()
        self.statements: list[Statement] = []
        self.owners: list[Entry] = []
        self.refused: list[tuple[Submission, Refused]] = []
        self.events: list[Event] = []
        self.fresh: list[str] = []

    def add(self, entry: Entry) -> None:
        if entry.kind is Kind.DATA:
            said = attempted(lambda: self._say(entry))
            if isinstance(said, Unexpected):
                entry.refuse(said.refusal)
        if entry.kind is Kind.PART:
            self._event(_part(entry, self.now))
        elif entry.kind is Kind.ENDED and entry.exchange is not None:
            self._event(end_of(entry.exchange, self.now))
        if entry.refusal is not None and self._is_kept(entry, entry.refusal):
            self._refuse(*entry.kept(entry.refusal))

    def _say(self, entry: Entry) -> None:
        if entry.message is None or entry.device is None:
            return
        for said in read_all(entry.message, entry.device):
            self._take(said, entry, entry.device)

    def _take(self, said: Said, entry: Entry, device: Device) -> None:
        if said.statement is not None:
            self.statements.append(said.statement)
            self.owners.append(entry)
        if said.event is not None:
            at = self.now if said.data_at is None else said.data_at
            self._event(_event(said.event, at, self.now, device.source, said.fields))
        for refusal in said.refused:  # an item that can't be read is kept by name, and costs no other
            self._refuse(*entry.kept(refusal))

    def _is_kept(self, entry: Entry, refusal: Refused) -> bool:
        if entry.message is None or refusal.code not in CODES:
            return True
        stranger = Stranger(masked_text(entry.message.mn), refusal.code, entry.peer)
        return self._known.keeps(stranger, len(entry.raw), self.strangers)

    def _refuse(self, submission: Submission, refusal: Refused) -> None:
        if self._is_fresh(submission.identity(refusal)):
            self.refused.append((submission, refusal))

    def _event(self, event: Event) -> None:
        if self._is_fresh(event.fields["event_id"]):
            self.events.append(event)

    def _is_fresh(self, identity: str) -> bool:
        fresh = identity not in self._recent
        if fresh:
            self.fresh.append(identity)
        return fresh


def end_of(exchange: Exchange, now: datetime) -> Event:
    """The event that an exchange has come to its end."""
    fields = {
        "command_id": exchange.command["command_id"],
        "mn": exchange.mn,
        "outcome": exchange.outcome,
        "qn": exchange.qn,
        "qn_rtn": exchange.qn_rtn,
        "exe_rtn": exchange.exe_rtn,
        "sent": exchange.sent,
        "data_messages": exchange.data_messages,
    }
    request_id = exchange.command["request_id"]
    subject = f"device_command/{exchange.command['command_id']}"
    return _event("district.device_command_ended", now, now, SOURCE, fields, (subject, request_id))


def _part(entry: Entry, now: datetime) -> Event:
    message = entry.message
    if message is None:
        raise TypeError("a part has a message")
    whole = entry.plain or entry.raw
    segment = whole[6 : 6 + int(whole[2:6])]
    content = frame(masked(segment))  # its own sum would give the password away
    fields = {"mn": message.mn, "qn": message.qn, "pnum": message.pnum, "pno": message.pno, "content": content}
    return _event("district.device_part_received", now, now, SOURCE, fields)


def _event(
    name: str,
    occurred_at: datetime | int,
    now: datetime,
    source: str,
    fields: dict[str, Any],
    follows: tuple[str, str] | None = None,
) -> Event:
    """An event whose id follows from what it says; it `follows` in the life of a subject the event of an id.

    What follows nothing stands alone: it is a subject of its own.
    """
    subject, previous = follows or (event_types()[name].aggregate, None)
    event_id = uuid5(_EVENTS, f"{name}\n{subject}\n{source}\n{fields}".encode())
    envelope = {
        "event_id": event_id,
        "subject": subject if previous else f"{subject}/{event_id}",
        "occurred_at": occurred_at,
        "recorded_at": now,
        "source": source,
        "previous": previous,
    }
    said = {**envelope, **fields}
    return Event(name, said, datum=datum(said) if name == DETAIL else None)
