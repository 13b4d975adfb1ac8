"""Rounds of leak detection and repair (LDAR, 泄漏检测与修复), as an enterprise reports them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.checks import expect_past_day, expect_quantities, expect_texts
from services.decider import Command, Decider, Fact, latest, require, restated, stated


@dataclass(frozen=True, kw_only=True)
class ReportLdarRound(Command):
    """Report a round of leak detection and repair: numbers of sealing points, readings in µmol/mol."""

    round_id: str
    enterprise_id: str
    begun_on: date
    ended_on: date
    components: int
    checked: int
    leak_from_umol_mol: float
    leaking: int
    repaired_in_time: int
    repaired_late: int = 0
    unrepaired: int = 0


def report_ldar_round(command: ReportLdarRound, entry: Fact | None, now: datetime) -> Sequence[Fact]:
    expect_texts(command, "round_id")
    expect_past_day(command.ended_on, now, "ended_on")
    counts = ("components", "checked", "leaking", "repaired_in_time", "repaired_late", "unrepaired")
    expect_quantities(command, "leak_from_umol_mol", *counts)
    require(
        command.begun_on <= command.ended_on,
        "impossible_order",
        f"it began on {command.begun_on} and ended on {command.ended_on}",
        "ended_on",
        "Correct one of the days.",
    )
    require(
        command.leaking <= command.checked <= command.components,
        "impossible_count",
        f"{command.leaking} leaking of {command.checked} checked of {command.components} points",
        "checked",
        "No more can leak than were checked, nor be checked than there are.",
    )
    answered = command.repaired_in_time + command.repaired_late + command.unrepaired
    require(
        answered == command.leaking,
        "impossible_count",
        f"{command.leaking} points leaked, and of {answered} it is said what became of them",
        "leaking",
        "Count each leaking point as repaired in time, repaired late or not repaired.",
    )
    return restated(stated("air.ldar_round_reported", command), entry)


DECIDERS: Mapping[type[Command], Decider] = {
    ReportLdarRound: Decider(
        "ldar_round", lambda c: c.round_id, report_ldar_round, latest,
        refers=lambda c: [("voc_enterprise", c.enterprise_id, "enterprise_id")],
    ),
}  # fmt: skip
