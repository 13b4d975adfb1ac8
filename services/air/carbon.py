"""Commands on greenhouse gases: a year is reported, and the report is verified, or returned and made anew."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.checks import local_day
from services.decider import Command, Decider, require
from services.life import Act, Standing, life


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
    """Return a report to be made again, also one that was verified and turned out to be wrong."""

    enterprise_id: str
    year: int
    reason: str


_AMOUNTS = ("scope1_t_co2e", "scope2_t_co2e", "output", "energy_tce")


def check_report(command: ReportGhg, _standing: Standing, now: datetime) -> None:
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


def _of_enterprise(command: Any) -> Sequence[tuple[str, str, str]]:
    return [("enterprise", command.enterprise_id, "enterprise_id")]


DECIDERS: Mapping[type[Command], Decider] = life(
    "ghg_report",
    {
        ReportGhg: Act("air.ghg_reported", check_report, _of_enterprise),
        VerifyGhg: Act("air.ghg_verified", refers=_of_enterprise),
        ReturnGhg: Act("air.ghg_returned", refers=_of_enterprise),
    },
)
