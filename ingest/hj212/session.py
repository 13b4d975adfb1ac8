"""One connection: bytes in, entries for the journal out. Pure: it reads no clock and sends nothing itself."""

import re
from collections import deque
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

from ingest.hj212.directory import Device, Directory, NotChecked
from ingest.hj212.exchange import Exchange
from ingest.hj212.frame import Message, answer, frame, parse
from ingest.hj212.parts import Assembler, Incomplete, sound
from ingest.hj212.stream import Broken, Check, Frame, Item, Noise, StreamReader, Tail
from ingest.quarantine import Submission
from services.decider import Refused
from services.masking import masked_frames, masked_text
from services.unexpected import Unexpected, attempted

_HEARTBEAT = "9015"
_NOTICES = ("1013", "2072")
_ANSWERS = ("9011", "9012", "9013", "9014")
_NOISE_BYTES, _NOISE_S = 4096, 5.0
_IDLE_S = 10.0
_SECRET_BYTES = 80
_NAMED = re.compile(rb"[;#0-9 ]MN\s*=\s*([^;\s&]{1,64})", re.IGNORECASE)
MOST_GUESSES = 20
"""Wrong passwords on one connection after which no more are checked on it."""
_REMEDIES = {
    "bad_crc": "Send it again; where every frame of a device fails, it may send another check sum.",
    "bad_length": "Count the bytes of the segment only, in UTF-8.",
    "too_long": "Split it into parts (PNUM, PNO), or raise ENV1357_HJ212_LONGEST_SEGMENT.",
    "incomplete": "Send it again.",
}


VERIFIED = " verified"
"""How the origin of what is in quarantine ends, where it came with the right password of its device."""


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
    together `from_parts` has bytes that came before, as entries of their own. `shown` is `raw` as it may be kept
    in quarantine, where that was settled as it came. `of_device` is the MN of the registered device whose frame it
    is, whatever becomes of it: a wrong password, a damaged frame of who has spoken before. `plain` is a frame that
    came enciphered as it was before: keys change, and what is kept must be readable.
    """

    kind: Kind
    origin: str
    raw: bytes
    message: Message | None = None
    peer: str = ""
    device: Device | None = None
    refusal: Refused | None = None
    exchange: Exchange | None = None
    reply: str = ""
    answer: bytes = b""
    session: "Session | None" = None
    from_parts: bool = False
    shown: bytes = b""
    verified: bool = False
    of_device: str = ""
    plain: bytes = b""

    @property
    def fresh_bytes(self) -> int:
        """How many bytes came with it."""
        return 0 if self.from_parts else len(self.raw)

    def kept(self, refusal: Refused) -> tuple[Submission, Refused]:
        """As it is quarantined: without its secrets, and with what can't be seen any more where these are masked.

        What a device said whose password was right is charged to that device, else to its peer.
        """
        verified = self.verified or self.device is not None
        shown = self.shown or masked_frames(self.raw)
        origin = f"{masked_text(self.origin)}{VERIFIED if verified else ''}"
        sender = f"MN={self.message.mn}" if verified and self.message else self.peer
        submission = Submission("hj212", origin, shown, sender)
        if shown == self.raw:
            return submission, refusal
        checked = ", and its check sum was right" if self.message is not None else ""
        message = f"{refusal.message} (it came as {len(self.raw)} bytes{checked}; its password is masked)"
        return submission, Refused(refusal.code, message, refusal.where, refusal.remedy)

    def refuse(self, refusal: Refused) -> None:
        """Let it end in quarantine, and unanswered."""
        self.kind, self.refusal, self.reply = Kind.REFUSED, refusal, ""


@dataclass
class Session:
    """What is known of one connection. Times are seconds of any one clock.

    `write` is how its peer is reached, for those who answer entries; the session itself never calls it. While a
    password is `unchecked` all that comes waits behind its frame; `checked` goes on.
    """

    peer: str
    directory: Directory
    assembler: Assembler
    reader: StreamReader
    write: Callable[[bytes], None]
    passwords: dict[str, str] = field(default_factory=dict)
    editions: dict[str, str] = field(default_factory=dict)
    exchanges: dict[str, Exchange] = field(default_factory=dict)
    unchecked: NotChecked | None = None
    guesses: int = 0
    """Wrong passwords that were checked since the last right one."""
    _items: deque[Item] = field(default_factory=deque)
    _noise: list[tuple[bytes, bytes]] = field(default_factory=list)
    _noise_since: float = 0.0
    _heard_at: float = 0.0
    _before: bytes = b""
    _final: bool = False

    def receive(self, data: bytes, now: float) -> list[Entry]:
        """What is to be done about these bytes."""
        self._heard_at = now
        self._items += self.reader.feed(data)
        return self._go_on(now)

    def tick(self, now: float, *, final: bool = False) -> list[Entry]:
        """What is to be done since time has passed, or since the connection has ended."""
        self._final = self._final or final
        if self.reader.waiting and (final or now - self._heard_at > _IDLE_S):
            self._items += self.reader.flush()
        found = self._go_on(now)
        if self._noise and not self._items and now - self._noise_since > _NOISE_S:
            found.append(self._noise_entry())
        return found

    def checked(self, now: float, *, right: bool | None) -> list[Entry]:
        """What is to be done since the password was checked; None where it won't be: its frames are refused."""
        self.unchecked = None
        self.guesses = 0 if right else self.guesses + 1
        if right is None:
            self.guesses = MOST_GUESSES
        return self._go_on(now)

    def _go_on(self, now: float) -> list[Entry]:
        found: list[Entry] = []
        while self._items and self.unchecked is None:
            try:
                found += self._handled(self._items[0], now)
            except NotChecked as unchecked:
                self.unchecked = unchecked
                break
            item = self._items.popleft()
            if not isinstance(item, Frame):  # a secret that was cut off may go on behind a frame of another device
                self._before = item.raw[-_SECRET_BYTES:]
        if self._final and self._noise and not self._items:
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
        waiting = b"".join(item.raw for item in self._items)
        raw, self.reader = waiting + self.reader.held + data, self.reader.anew()
        self._items.clear()
        return [*([self._noise_entry()] if self._noise else []), self._blamed(raw, what)]

    def _handled(self, item: Item, now: float) -> list[Entry]:
        found = attempted(lambda: list(self._entries(item, now)), pass_on=(NotChecked,))
        return [self._blamed(item.raw, found)] if isinstance(found, Unexpected) else found

    def _blamed(self, raw: bytes, what: Unexpected) -> Entry:
        return self._refused(raw, what.refusal)

    def _refused(self, raw: bytes, refusal: Refused) -> Entry:
        shown = masked_frames(raw, self._before)
        entry = Entry(Kind.REFUSED, self.peer, raw, peer=self.peer, refusal=refusal, shown=shown)
        entry.of_device = self._named(raw, self.passwords)
        return entry

    def _named(self, raw: bytes, among: Collection[str]) -> str:
        """The MN that bytes name, where it is one of those."""
        found = _NAMED.search(raw)
        mn = found[1].decode("ascii", "replace") if found else ""
        return mn if mn in among else ""

    def _entries(self, item: Item, now: float) -> Iterator[Entry]:
        if isinstance(item, Frame):
            yield from self._frame(item, now)
        elif isinstance(item, Noise):
            self._noise_since = self._noise_since if self._noise else now
            self._noise.append((item.raw, masked_frames(item.raw, self._before)))
            if sum(len(raw) for raw, _ in self._noise) >= _NOISE_BYTES:
                yield self._noise_entry()
        elif isinstance(item, Broken):
            refusal = Refused(item.code, item.message, "frame", _REMEDIES[item.code])
            yield self._refused(item.raw, refusal)
        elif isinstance(item, Tail):
            yield Entry(Kind.TAIL, self.peer, item.raw)

    def _frame(self, item: Frame, now: float) -> Iterator[Entry]:
        entry = Entry(Kind.DATA, self.peer, item.raw, peer=self.peer, session=self)
        entry.of_device = self._named(item.segment, self.directory)
        if item.enciphered:
            entry.plain = frame(item.segment)
            entry.shown = masked_frames(entry.plain)
        try:
            message = entry.message = parse(item.segment)
            entry.origin = f"MN={message.mn} {self.peer}"
            entry.of_device = message.mn if message.mn in self.directory else ""
            device = entry.device = self._admit(message, item.check)
            self.passwords[message.mn], self.editions[message.mn] = message.pw, message.edition
            yield from self._admitted(entry, message, device, now)
        except Refused as refusal:
            entry.refuse(refusal)
            yield entry

    def _admit(self, message: Message, check: Check) -> Device:
        try:
            return self.directory.admit(message, check)
        except NotChecked:
            if self.guesses < MOST_GUESSES:
                raise
            raise Refused(
                "wrong_password",
                "the password was not checked: too many before it were not those of their devices, or it was late",
                "PW",
                "Connect again and send it again, with the device's PW.",
            ) from None

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
        whole = self.assembler.add(message, entry.plain or entry.raw, now)
        if whole:
            put_together, raw = whole
            whole_entry = Entry(Kind.DATA, entry.origin, raw, put_together, self.peer, device, session=self)
            whole_entry.from_parts, whole_entry.of_device = True, message.mn
            yield whole_entry

    def _noise_entry(self) -> Entry:
        raw, shown = (b"".join(parts) for parts in zip(*self._noise, strict=True))
        self._noise = []
        refusal = Refused(
            "noise",
            f"{len(raw)} bytes belong to no frame",
            "stream",
            "Nothing, if another protocol shares the port.",
        )
        return Entry(Kind.REFUSED, self.peer, raw, peer=self.peer, refusal=refusal, shown=shown)


def restored(frame: Frame, directory: Directory, assembler: Assembler, now: float) -> Iterator[Entry]:
    """A part that was kept and answered before a restart: the whole message, where it was the last one missing.

    Its password was right when it came, and is masked since.
    """
    message = parse(frame.segment)
    device = directory.get(message.mn)
    whole = assembler.add(message, frame.raw, now) if device and sound(message) else None
    if whole:
        put_together, raw = whole
        entry = Entry(Kind.DATA, f"MN={message.mn} parts", raw, put_together, device=device, from_parts=True)
        entry.of_device = message.mn
        yield entry


def given_up(incomplete: Incomplete) -> Entry:
    """Parts whose others did not come, for quarantine."""
    missing = ", ".join(map(str, incomplete.missing[:20]))
    message = incomplete.message
    refusal = Refused(
        "parts_missing", f"part {missing} of {message.cn} did not come", "PNO", "Send all parts again."
    )
    origin = f"MN={message.mn} parts"
    entry = Entry(Kind.REFUSED, origin, incomplete.raw, message, refusal=refusal, from_parts=True)
    entry.verified, entry.of_device = True, message.mn
    return entry


def answered(entry: Entry) -> bytes:
    """The frame that answers an entry; empty where none is wanted."""
    if not entry.reply or entry.message is None or entry.device is None:
        return b""
    return answer(entry.reply, entry.message, entry.device.edition_of(entry.message))
