"""Takes down what sites observed: checks each statement, numbers it, and makes it durable."""

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain

import polars as pl

from eventlog.codec import drafts
from eventlog.log import Draft, EventLog, Offsets
from schemas.contract import event_types
from schemas.registry import registry
from services.decider import Refused
from services.handler import utc_now
from services.ingest.quarantine import Submission, quarantined
from services.ingest.soundness import Soundness
from services.ingest.statement import Statement, content, datum, identity
from services.ports import Clock, Folding, ReadState

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Key = tuple[str, str, int]
"""site_id, period, observed_at in microseconds"""

Numbered = tuple[int, str]
"""A statement's number and event_id."""

_Ready = tuple[list[str], list[bytes]]
"""Sites and datums of one subsystem."""

Keep = Callable[[Sequence[tuple[int, Refused]]], Sequence[tuple[Submission, Refused]]]
"""What is to be kept in quarantine, given the positions of the statements that are refused, and why."""


@dataclass(frozen=True)
class Observation:
    """What a site states on a period: `observed_at` is its start, UTC and aware; values in the factors' units."""

    site_id: str
    period: str
    observed_at: datetime
    readings: Mapping[str, tuple[float | None, str]]
    source: str

    @property
    def statement(self) -> Statement:
        """The same, as it is taken down."""
        codes = tuple(sorted(self.readings))
        values, marks = zip(*(self.readings[code] for code in codes), strict=True) if codes else ((), ())
        moment = (self.observed_at - _EPOCH) // _MICROSECOND
        return Statement(self.site_id, self.period, moment, self.source, codes, values, tuple(marks))


@dataclass
class Taken:
    """What became of observations that were sent together."""

    accepted: int = 0
    restated: int = 0
    repeated: int = 0
    refused: list[tuple[Submission, Refused]] = field(default_factory=list)
    offsets: Offsets = field(default_factory=dict)


class Observations:
    """Takes observations down in a log."""

    def __init__(self, log: EventLog, state: ReadState, folding: Folding, clock: Clock = utc_now) -> None:
        self._log, self._state, self._folding, self._clock = log, state, folding, clock
        self._one_at_a_time = threading.Lock()
        self._not_folded: deque[tuple[Offsets, dict[Key, Numbered]]] = deque()

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
        self, statements: Sequence[Statement], keep: Keep, source: str, *, dry_run: bool = False
    ) -> Taken:
        """The same for statements; `keep` is called once. With `dry_run` nothing is recorded."""
        with self._one_at_a_time:
            now, taken = self._clock(), Taken()
            said: dict[Key, Numbered] = {}
            ready, unsound = self._numbered(statements, now, taken, said)
            taken.refused = list(keep(unsound))
            kept = (quarantined(submission, why, source, now) for submission, why in taken.refused)
            ready += drafts(chain.from_iterable(kept))
            if ready and not dry_run:
                taken.offsets = self._log.append(ready)
                self._not_folded.append((taken.offsets, said))
            return taken

    def _numbered(
        self, statements: Sequence[Statement], now: datetime, taken: Taken, said: dict[Key, Numbered]
    ) -> tuple[list[Draft], list[tuple[int, Refused]]]:
        """Statements that are new, ready to be appended, and those refused; `said` gets the last on each key."""
        soundness, last = Soundness(self._state.sites(), now), self._last_numbers([s.key for s in statements])
        recorded_at = (now - _EPOCH) // _MICROSECOND
        ready: dict[str, _Ready] = {}
        refused: list[tuple[int, Refused]] = []
        for position, each in enumerate(statements):
            subsystem = soundness.subsystem(each)
            if subsystem is None:
                refused.append((position, soundness.refusal(each)))
                continue
            key, encoded = each.key, content(each)
            number, event_id = last.get(key, (0, ""))
            if number and identity(each, encoded, number) == event_id:
                taken.repeated += 1
                continue
            number, event_id = number + 1, identity(each, encoded, number + 1)
            last[key] = said[key] = number, event_id
            # one microsecond apart, so that statements on the same thing can be told apart by their time
            moment = recorded_at + taken.accepted
            sites, datums = ready.setdefault(subsystem, ([], []))
            sites.append(each.site_id)
            datums.append(datum(each, encoded, number, event_id, moment))
            taken.accepted += 1
            taken.restated += number > 1
        return [_draft(subsystem, *parts) for subsystem, parts in ready.items()], refused

    def _last_numbers(self, keys: Sequence[Key]) -> dict[Key, Numbered]:
        """The last statement on each key: as folded, or as taken down here and not folded yet."""
        while self._not_folded and self._folding.wait_for(self._not_folded[0][0], 0):
            self._not_folded.popleft()
        if not keys:
            return {}
        asked = pl.DataFrame(
            list(zip(*keys, strict=True)),
            schema={"site_id": pl.String, "period": pl.String, "observed_at": pl.Int64},
            orient="col",
        ).with_columns(pl.col("observed_at").cast(pl.Datetime("us")))
        found = self._state.last_statements(asked).with_columns(pl.col("observed_at").to_physical())
        last = {(site, period, at): (number, event_id) for site, period, at, number, event_id in found.iter_rows()}
        for _, said in self._not_folded:
            last.update((key, said[key]) for key in keys if key in said)
        return last


def _draft(subsystem: str, sites: list[str], datums: list[bytes]) -> Draft:
    name = f"{subsystem}.observation_recorded"
    return Draft(event_types()[name].topic, registry().newest(name).id, sites, datums)
