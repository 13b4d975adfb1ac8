"""One connection: bytes in, entries for the journal out. Pure: it reads no clock and sends nothing itself."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

from services.decider import Refused
from services.ingest.hj212.directory import Device, Directory
from services.ingest.hj212.exchange import Exchange
from services.ingest.hj212.frame import Message, answer, parse
from services.ingest.hj212.parts import Assembler, Incomplete, sound
from services.ingest.hj212.stream import Broken, Frame, Item, Noise, StreamReader, Tail
from services.ingest.quarantine import Submission
from services.ingest.unexpected import Unexpected, attempted

_HEARTBEAT = "9015"
_NOTICES = ("1013", "2072")
_ANSWERS = ("9011", "9012", "9013", "9014")
_NOISE_BYTES, _NOISE_S = 4096, 5.0
_IDLE_S = 10.0
_REMEDIES = {
    "bad_crc": "Send it again; where every frame of a device fails, it may send another check sum.",
    "bad_length": "Count the bytes of the segment only, in UTF-8.",
    "too_long": "Split it into parts (PNUM, PNO), or raise ENV1357_HJ212_LONGEST_SEGMENT.",
    "incomplete": "Send it again.",
}


class Kind(Enum):
    """What becomes of an entry: an event, a kept part, an answered command, quarantine, or an exchange's end."""

    DATA = auto()
    PART = auto()
    ANSWERED = auto()
    REFUSED = auto()
    ENDED = auto()
    TAIL = auto()


@dataclass(slots=True)
class Entry:
    """Something that came, or an exchange that ended, on its way into the log.

    `reply` is the CN to answer with once it is durable; the journal puts the frame into `answer`. What is put
    together `from_parts` has bytes that came before, as entries of their own.
    """

    kind: Kind
    origin: str
    raw: bytes
    message: Message | None = None
    device: Device | None = None
    refusal: Refused | None = None
    exchange: Exchange | None = None
    reply: str = ""
    answer: bytes = b""
    session: "Session | None" = None
    from_parts: bool = False

    @property
    def fresh_bytes(self) -> int:
        """How many bytes came with it."""
        return 0 if self.from_parts else len(self.raw)

    @property
    def submission(self) -> Submission:
        return Submission("hj212", self.origin, self.raw)

    def refuse(self, refusal: Refused) -> None:
        """Let it end in quarantine, and unanswered."""
        self.kind, self.refusal, self.reply = Kind.REFUSED, refusal, ""


@dataclass
class Session:
    """What is known of one connection. Times are seconds of any one clock.

    `write` is how its peer is reached, for those who answer entries; the session itself never calls it.
    """

    peer: str
    directory: Directory
    assembler: Assembler
    reader: StreamReader
    write: Callable[[bytes], None]
    passwords: dict[str, str] = field(default_factory=dict)
    editions: dict[str, str] = field(default_factory=dict)
    exchanges: dict[str, Exchange] = field(default_factory=dict)
    _noise: list[bytes] = field(default_factory=list)
    _noise_since: float = 0.0
    _heard_at: float = 0.0

    def receive(self, data: bytes, now: float) -> list[Entry]:
        """What is to be done about these bytes."""
        self._heard_at = now
        return [entry for item in self.reader.feed(data) for entry in self._handled(item, now)]

    def tick(self, now: float, *, final: bool = False) -> list[Entry]:
        """What is to be done since time has passed, or since the connection has ended."""
        found: list[Entry] = []
        if self.reader.waiting and (final or now - self._heard_at > _IDLE_S):
            found += [entry for item in self.reader.flush() for entry in self._handled(item, now)]
        if self._noise and (final or now - self._noise_since > _NOISE_S):
            found.append(self._noise_entry())
        return found

    def waits_for(self, mn: str) -> bool:
        """Whether an exchange with a device is under way."""
        return mn in self.exchanges

    def ended(self) -> Iterator[Entry]:
        """Exchanges that have ended, each once."""
        for mn, exchange in list(self.exchanges.items()):
            if exchange.outcome is not None:
                del self.exchanges[mn]
                yield Entry(Kind.ENDED, self.peer, b"", exchange=exchange)

    def given_up(self, data: bytes, what: Unexpected) -> list[Entry]:
        """What is held and what came with it, for quarantine, since reading it failed; the reader begins anew."""
        raw, self.reader = self.reader.held + data, self.reader.anew()
        return [*([self._noise_entry()] if self._noise else []), self._blamed(raw, what)]

    def _handled(self, item: Item, now: float) -> list[Entry]:
        found = attempted(lambda: list(self._entries(item, now)))
        return [self._blamed(item.raw, found)] if isinstance(found, Unexpected) else found

    def _blamed(self, raw: bytes, what: Unexpected) -> Entry:
        return Entry(Kind.REFUSED, self.peer, raw, refusal=what.refusal)

    def _entries(self, item: Item, now: float) -> Iterator[Entry]:
        if isinstance(item, Frame):
            yield from self._frame(item, now)
        elif isinstance(item, Noise):
            self._noise_since = self._noise_since if self._noise else now
            self._noise.append(item.raw)
            if sum(map(len, self._noise)) >= _NOISE_BYTES:
                yield self._noise_entry()
        elif isinstance(item, Broken):
            refusal = Refused(item.code, item.message, "frame", _REMEDIES[item.code])
            yield Entry(Kind.REFUSED, self.peer, item.raw, refusal=refusal)
        elif isinstance(item, Tail):
            yield Entry(Kind.TAIL, self.peer, item.raw)

    def _frame(self, item: Frame, now: float) -> Iterator[Entry]:
        entry = Entry(Kind.DATA, self.peer, item.raw, session=self)
        try:
            message = entry.message = parse(item.segment)
            entry.origin = f"MN={message.mn} {self.peer}"
            device = entry.device = self.directory.admit(message, item.check)
            self.passwords[message.mn], self.editions[message.mn] = message.pw, message.edition
            yield from self._admitted(entry, message, device, now)
        except Refused as refusal:
            entry.refuse(refusal)
            yield entry

    def _admitted(self, entry: Entry, message: Message, device: Device, now: float) -> Iterator[Entry]:
        exchange = self.exchanges.get(message.mn)
        belongs = exchange is not None and exchange.hear(message, now)
        if message.cn == _HEARTBEAT:
            entry.kind, entry.reply = Kind.ANSWERED, "9013"
        elif message.cn in _ANSWERS:
            entry.kind = Kind.ANSWERED if belongs else Kind.DATA
        elif message.wants_answer:
            entry.reply = "9013" if message.cn in _NOTICES else "9014"
        if message.in_parts and message.cn not in _ANSWERS:
            yield from self._part(entry, message, device, now)
        else:
            yield entry

    def _part(self, entry: Entry, message: Message, device: Device, now: float) -> Iterator[Entry]:
        if not sound(message):
            raise Refused(
                "bad_part",
                f"part {message.pno} of {message.pnum} is none",
                "PNO",
                "Number parts from 1 to PNUM, at most 999.",
            )
        entry.kind = Kind.PART
        yield entry
        whole = self.assembler.add(message, entry.raw, now)
        if whole:
            put_together, raw = whole
            yield Entry(Kind.DATA, entry.origin, raw, put_together, device, session=self, from_parts=True)

    def _noise_entry(self) -> Entry:
        raw, self._noise = b"".join(self._noise), []
        refusal = Refused(
            "noise",
            f"{len(raw)} bytes belong to no frame",
            "stream",
            "Nothing, if another protocol shares the port.",
        )
        return Entry(Kind.REFUSED, self.peer, raw, refusal=refusal)


def restored(frame: Frame, directory: Directory, assembler: Assembler, now: float) -> Iterator[Entry]:
    """A part that was kept and answered before a restart: the whole message, where it was the last one missing."""
    try:
        message = parse(frame.segment)
        device = directory.admit(message, frame.check)
    except Refused:
        return  # the device has been registered otherwise since; the part is kept
    whole = assembler.add(message, frame.raw, now) if sound(message) else None
    if whole:
        yield Entry(Kind.DATA, f"MN={message.mn} parts", whole[1], whole[0], device, from_parts=True)


def given_up(incomplete: Incomplete) -> Entry:
    """Parts whose others did not come, for quarantine."""
    missing = ", ".join(map(str, incomplete.missing[:20]))
    message = incomplete.message
    refusal = Refused(
        "parts_missing", f"part {missing} of {message.cn} did not come", "PNO", "Send all parts again."
    )
    origin = f"MN={message.mn} parts"
    return Entry(Kind.REFUSED, origin, incomplete.raw, message, refusal=refusal, from_parts=True)


def answered(entry: Entry) -> bytes:
    """The frame that answers an entry; empty where none is wanted."""
    if not entry.reply or entry.message is None or entry.device is None:
        return b""
    return answer(entry.reply, entry.message, entry.device.edition_of(entry.message))
