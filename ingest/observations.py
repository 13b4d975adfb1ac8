"""Takes down what sites observed: checks each statement, numbers it, and makes it durable."""

import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from itertools import chain
from typing import TypeVar

from eventlog.codec import Event, drafts
from eventlog.log import Draft, EventLog, LogUnavailable, Offsets, Unavailable
from ingest.numbers import Key, LastNumbers, Numbered
from ingest.quarantine import Submission, quarantined, stated
from ingest.quota import Quota
from ingest.soundness import Soundness
from ingest.statement import Content, Statement, content, datum, identity, microseconds
from ingest.turns import Turns
from schemas.contract import event_types
from schemas.ids import registry
from services.decider import Refused
from services.handler import utc_now
from services.ports import Clock, Folding, ReadState
from services.unexpected import Unexpected, attempted, guarded

_PATIENCE_S, _PATIENCE_IN_BULK_S = 2.0, 60.0
_SLICE, _MOST_AT_ONCE = 1000, 10_000
T = TypeVar("T")

_FILES = uuid.UUID("1357e7a0-0000-5000-8000-000000000004")

_ANY_KEY: Key = ("", "HOUR", 0)

_Judgement = tuple[str, Content] | Refused

_Ready = tuple[list[str], list[bytes]]
"""Sites and datums of one subsystem."""

Keep = Callable[[Sequence[tuple[int, Refused]]], Sequence[tuple[Submission, Refused]]]
"""What is to be kept in quarantine, given the positions of the statements that are refused, and why."""


@dataclass(frozen=True)
class Observation:
    """What a site states on a period: `observed_at` is its start, aware; values in the factors' units."""

    site_id: str
    period: str
    observed_at: datetime
    readings: Mapping[str, tuple[float | None, str]]
    source: str
    reviewed: bool = False

    @property
    def statement(self) -> Statement:
        """The same, as it is taken down."""
        codes = tuple(sorted(self.readings))
        values, marks = zip(*(self.readings[code] for code in codes), strict=True) if codes else ((), ())
        moment = microseconds(self.observed_at)
        return Statement(self.site_id, self.period, moment, self.source, codes, values, tuple(marks), self.reviewed)


@dataclass
class Taken:
    """What became of observations that were sent together; `repeats` and `restatements` are their positions.

    `unkept` are the positions in `refused` of what is beyond its sender's quota: counted, but not kept.
    """

    accepted: int = 0
    repeats: list[int] = field(default_factory=list)
    restatements: list[int] = field(default_factory=list)
    refused: list[tuple[Submission, Refused]] = field(default_factory=list)
    unkept: set[int] = field(default_factory=set)
    offsets: Offsets = field(default_factory=dict)
    seen: int = 0
    last_moment: int = 0

    @property
    def restated(self) -> int:
        return len(self.restatements)

    @property
    def repeated(self) -> int:
        return len(self.repeats)


@dataclass(frozen=True)
class ImportedFile:
    """A file that was taken down as a whole: `file_id` says which bytes, read by which profile."""

    file_id: str
    file_name: str
    profile: str
    rows: int
    statements: int
    accepted: int
    refused: int


class Observations:
    """Takes observations down in a log."""

    def __init__(
        self,
        log: EventLog,
        state: ReadState,
        folding: Folding,
        clock: Clock = utc_now,
        quota: Quota | None = None,
    ) -> None:
        self._log, self._state, self._folding, self._clock = log, state, folding, clock
        self.quota = quota or Quota()
        self._turns, self._numbers = Turns(), LastNumbers(state, folding)
        self._awaited: Offsets = {}

    def begin_behind(self, ends: Offsets, said: dict[Key, Numbered] | None) -> None:
        """Number statements behind all that stands in the log up to `ends`.

        `said` is what was stated there and is in no table yet; where it is None, nothing is taken down until the
        tables have come that far.
        """
        if said is None:
            self._awaited = ends
        else:
            self._numbers.add(ends, said)

    def expect_known(self, patience_s: float = _PATIENCE_S) -> None:
        """Raise `LogUnavailable` where the tables don't know yet what the log said when the process began."""
        if self._awaited and not self._folding.wait_for(self._awaited, patience_s):
            raise LogUnavailable(
                "the tables are behind what the log held at the start, by which what comes is judged. "
                "Send it again in a while: /readyz tells how far they are"
            )
        self._awaited = {}

    def take(self, sent: Sequence[tuple[Observation | Refused, Submission]], source: str) -> Taken:
        """Take down what can be accepted and quarantine the rest; all is durable on return.

        Each comes with the submission that it was read from, or is a refusal already.
        Raises `LogUnavailable` when nothing of it was recorded.
        """
        observed = [(item, submission) for item, submission in sent if isinstance(item, Observation)]
        refused = [(submission, item) for item, submission in sent if isinstance(item, Refused)]

        def keep(unsound: Sequence[tuple[int, Refused]]) -> Sequence[tuple[Submission, Refused]]:
            return [*refused, *((observed[position][1], why) for position, why in unsound)]

        return self.take_statements([item.statement for item, _ in observed], keep, source)

    def take_statements(
        self,
        statements: Sequence[Statement],
        keep: Keep,
        source: str,
        beside: Sequence[Event] = (),
        *,
        dry_run: bool = False,
        bulk: bool = False,
    ) -> Taken:
        """The same for statements; `keep` is called once. With `dry_run` nothing is recorded.

        Events given `beside` them are made durable in the same append. In `bulk`, and where they are more than
        programs may send at once, they are taken down slice by slice, and whoever has something to say meanwhile
        goes first: when `LogUnavailable` is raised some may be recorded, which are repeats when sent again.
        """
        self.expect_known()
        bulk = bulk or len(statements) > _MOST_AT_ONCE
        size = _SLICE if bulk and not dry_run else len(statements) or 1
        slices = [statements[at : at + size] for at in range(0, len(statements), size)]
        unsound: list[tuple[int, Refused]] = []
        taken, begin = Taken(), 0
        for part in slices[:-1]:
            began = time.monotonic()
            self._take(part, _Kept(begin, unsound), source, (), taken, dry_run=dry_run, bulk=True)
            begin += len(part)
            self._turns.rest(time.monotonic() - began)
        last = slices[-1] if slices else statements

        def keep_all(found: Sequence[tuple[int, Refused]]) -> Sequence[tuple[Submission, Refused]]:
            return keep([*unsound, *((begin + position, why) for position, why in found)])

        self._take(last, keep_all, source, beside, taken, dry_run=dry_run, bulk=bulk)
        return taken

    def _take(
        self,
        statements: Sequence[Statement],
        keep: Keep,
        source: str,
        beside: Sequence[Event],
        taken: Taken,
        *,
        dry_run: bool,
        bulk: bool,
    ) -> None:
        """Take down statements, and say in `taken` what has become of them and of those before."""
        self._numbers.expect_room(_PATIENCE_IN_BULK_S if bulk else _PATIENCE_S)
        judged = list(_judged(Soundness(_asked(self._state.sites), self._clock()), statements))
        keys = [said.key for said, found in zip(statements, judged, strict=True) if not isinstance(found, Refused)]
        with ExitStack() as stack:
            asked = _asked(lambda: stack.enter_context(self._numbers.asked(keys)))
            if not dry_run:
                stack.enter_context(self._turns.turn(bulk=bulk))
            now, said = self._clock(), dict[Key, Numbered]()
            ready, unsound = self._numbered(statements, judged, asked.now(), now, taken, said)
            taken.refused = list(keep(unsound))
            if dry_run:
                return
            with self._charged():
                ready += drafts(chain(self._kept(taken, source, now), beside))
                if ready:
                    offsets = self._log.append(ready)
                    taken.offsets = {**taken.offsets, **offsets}
                    self._numbers.add(offsets, said)

    def expect_answers(self) -> None:
        """Ask the tables for what every statement needs. Raises `LogUnavailable` where they can't answer now.

        Whoever met something unexpected asks this first: then what was sent may not be to blame.
        """
        asked = attempted(lambda: _asked(self._ask))
        if isinstance(asked, Unexpected):
            raise LogUnavailable(f"the tables can't be asked, so nothing can be taken down: {asked.error}")

    def _ask(self) -> None:
        self._state.sites()
        with self._numbers.asked([_ANY_KEY]):
            pass

    def state_overruns(self) -> None:
        """Record what was refused beyond the quotas and is not stated yet. Raises `LogUnavailable`."""
        with self._turns.turn(bulk=False), self._charged():
            now = self._clock()
            due = list(self.quota.due(now, final=True))
            if due:
                self._log.append(drafts(event for overrun in due for event in stated(overrun, now)))

    @contextmanager
    def _charged(self) -> Iterator[None]:
        """What the body charges to quotas is taken back where it fails: nothing of it was recorded then."""
        try:
            yield
            self.quota.settle()
        finally:
            self.quota.undo()

    def _kept(self, taken: Taken, source: str, now: datetime) -> Iterator[Event]:
        """The events that keep what is refused, as far as the quotas go, and state what was beyond them before."""
        for position, (submission, why) in enumerate(taken.refused):
            if self.quota.keeps(submission, why.code, now):
                yield from quarantined(submission, why, source, now)
            else:
                taken.unkept.add(position)
        for overrun in self.quota.due(now):
            yield from stated(overrun, now)

    def imported(self, file_id: str) -> ImportedFile | None:
        """The file, where it was taken down before and nothing of it was refused."""
        history = self._state.history(f"file/{file_id}")
        if not history or history[-1][1]["refused"]:
            return None
        return ImportedFile(**{each.name: history[-1][1][each.name] for each in fields(ImportedFile)})

    def note_import(self, imported: ImportedFile, source: str) -> None:
        """Record that a file was taken down."""
        now, subject = self._clock(), f"file/{imported.file_id}"
        history = self._state.history(subject)
        previous = str(history[-1][1]["event_id"]) if history else None
        said = {"subject": subject, "previous": previous, **asdict(imported)}
        envelope = {"occurred_at": now, "recorded_at": now, "source": source}
        event_id = str(uuid.uuid5(_FILES, repr(sorted(said.items(), key=lambda item: item[0]))))
        self._log.append(drafts([Event("district.file_imported", {"event_id": event_id, **envelope, **said})]))

    def _numbered(
        self,
        statements: Sequence[Statement],
        judged: Sequence[_Judgement],
        last: dict[Key, Numbered],
        now: datetime,
        taken: Taken,
        said: dict[Key, Numbered],
    ) -> tuple[list[Draft], list[tuple[int, Refused]]]:
        """Statements that are new, ready to be appended, and those refused; `said` gets the last on each key."""
        # one microsecond apart, so that statements on the same thing can be told apart by their time
        moment, begin = max(microseconds(now), taken.last_moment + 1), taken.seen
        ready: dict[str, _Ready] = {}
        refused: list[tuple[int, Refused]] = []
        for position, (each, judgement) in enumerate(zip(statements, judged, strict=True)):
            if isinstance(judgement, Refused):
                refused.append((position, judgement))
                continue
            subsystem, encoded = judgement
            key = each.key
            number, event_id = last.get(key, (0, ""))
            if number and identity(each, encoded, number) == event_id:
                taken.repeats.append(begin + position)
                continue
            number, event_id = number + 1, identity(each, encoded, number + 1)
            last[key] = said[key] = number, event_id
            sites, datums = ready.setdefault(subsystem, ([], []))
            sites.append(each.site_id)
            datums.append(datum(each, encoded, number, event_id, moment))
            taken.accepted, taken.last_moment, moment = taken.accepted + 1, moment, moment + 1
            if number > 1:
                taken.restatements.append(begin + position)
        taken.seen += len(statements)
        return [_draft(subsystem, *parts) for subsystem, parts in ready.items()], refused


def _asked(ask: Callable[[], T]) -> T:
    """What the tables answer. Raises `LogUnavailable`, also where it is they that can't."""
    try:
        return ask()
    except LogUnavailable:
        raise
    except Unavailable as outage:
        raise LogUnavailable(f"nothing can be taken down now: {outage}") from outage


def _judged(soundness: Soundness, statements: Sequence[Statement]) -> Iterable[_Judgement]:
    """Each statement's subsystem and content, or why it is refused; a bug costs the statement that met it."""

    def judge(said: Statement) -> _Judgement:
        subsystem = soundness.subsystem(said)
        return soundness.refusal(said) if subsystem is None else (subsystem, content(said))

    def one(said: Statement) -> _Judgement:
        return guarded(lambda: judge(said), lambda refusal: refusal)

    return guarded(lambda: list(map(judge, statements)), lambda _: list(map(one, statements)))


class _Kept:
    """Puts off what is to be kept of a slice, whose first statement is the `begin`-th."""

    def __init__(self, begin: int, unsound: list[tuple[int, Refused]]) -> None:
        self._begin, self._unsound = begin, unsound

    def __call__(self, found: Sequence[tuple[int, Refused]]) -> Sequence[tuple[Submission, Refused]]:
        self._unsound += [(self._begin + position, why) for position, why in found]
        return []


def _draft(subsystem: str, sites: list[str], datums: list[bytes]) -> Draft:
    name = f"{subsystem}.observation_recorded"
    return Draft(event_types()[name].topic, registry().newest(name).id, sites, datums)
