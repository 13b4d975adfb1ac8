"""Commands on greenhouse gases: a year is reported, and the report is verified, or returned and made anew."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.checks import local_day
from services.decider import Command, Decide, Decider, Fact, require, stated


@dataclass(frozen=True, kw_only=True)
class ReportGhg(Command):
    """Report a year's greenhouse gases and energy; again where the report was returned. Tonnes CO2e, and tce."""

    enterprise_id: str
    year: int
    scope1_t_co2e: float
    scope2_t_co2e: float
    output: float
    output_unit: str
    energy_tce: float
    key_energy_unit: bool = False


@dataclass(frozen=True, kw_only=True)
class VerifyGhg(Command):
    """Find a report right."""

    enterprise_id: str
    year: int
    verifier: str


@dataclass(frozen=True, kw_only=True)
class ReturnGhg(Command):
    """Return a report to be made again."""

    enterprise_id: str
    year: int
    reason: str


_STATUS = {"air.ghg_reported": "REPORTED", "air.ghg_verified": "VERIFIED", "air.ghg_returned": "RETURNED"}
_AMOUNTS = ("scope1_t_co2e", "scope2_t_co2e", "output", "energy_tce")


def step(event: str, *after: str) -> Decide:
    """A report's step that says what its command says, allowed where the report stands at one of `after`."""

    def decide(command: Command, status: str, _now: datetime) -> Sequence[Fact]:
        require(
            status in after,
            "illegal_step",
            f"the report is {status or 'not made yet'}, and this step follows {' or '.join(filter(None, after))}",
            "year",
            "Check the enterprise and the year, and which step comes next.",
        )
        return [stated(event, command)]

    return decide


def report_ghg(command: ReportGhg, status: str, now: datetime) -> Sequence[Fact]:
    for name in _AMOUNTS:
        amount = getattr(command, name)
        require(
            math.isfinite(amount) and amount >= 0,
            "impossible_amount",
            f"{name} is {amount}",
            name,
            "Give a number from 0 on.",
        )
    said_on = local_day(command.occurred_at or now)
    require(
        1990 <= command.year < said_on.year,
        "impossible_year",
        f"the year is {command.year}",
        "year",
        "Give a year that was over when the report was made.",
    )
    return step("air.ghg_reported", "", "RETURNED")(command, status, now)


def _of_report(decide: Decide) -> Decider:
    return Decider(
        "ghg_report",
        lambda c: f"{c.enterprise_id}/{c.year}",
        decide,
        lambda _, fact: _STATUS[fact.event],
        "",
        refers=lambda c: [("enterprise", c.enterprise_id, "enterprise_id")],
    )


DECIDERS: Mapping[type[Command], Decider] = {
    ReportGhg: _of_report(report_ghg),
    VerifyGhg: _of_report(step("air.ghg_verified", "REPORTED")),
    ReturnGhg: _of_report(step("air.ghg_returned", "REPORTED")),
}
