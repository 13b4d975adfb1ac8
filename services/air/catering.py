"""Commands on catering houses: the register, what their fans and purifiers do, and cleanings (GB 18483-2001)."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from schemas.standards import catering_sizes
from services.checks import expect_past, expect_past_day
from services.decider import Command, Decider, Fact, latest, require, restated, stated
from services.registers import PlaceCommand, place_register


@dataclass(frozen=True, kw_only=True)
class RegisterCatering(PlaceCommand):
    """Enter a catering house in the register: `size` is SMALL, MEDIUM or LARGE, or `stoves` says it."""

    size: str | None = None
    stoves: float | None = None
    operator: str | None = None
    subdistrict_id: str | None = None
    purifier: str | None = None
    purifier_efficiency_percent: float | None = None
    last_cleaned_on: date | None = None
    cleaning_every_days: int | None = None


@dataclass(frozen=True, kw_only=True)
class StatePurifier(Command):
    """State whether a house's fan and purifier ran at a time: UTC."""

    catering_id: str
    stated_at: datetime
    fan_on: bool
    purifier_on: bool


@dataclass(frozen=True, kw_only=True)
class CleanPurifier(Command):
    """Record that a house's purifier was cleaned: a local day."""

    catering_id: str
    cleaned_on: date
    cleaned_by: str


def check_house(command: RegisterCatering) -> None:
    """Refuse a house of no size, and numbers that can't be."""
    sizes = catering_sizes()
    require(
        command.size in sizes or (command.size is None and command.stoves is not None),
        "unknown_size",
        f"the size is {command.size!r}, with {command.stoves} stoves",
        "size",
        f"Use {', '.join(sizes)}, or give its stoves.",
    )
    ranges = {"stoves": (1, 1000), "purifier_efficiency_percent": (0, 100), "cleaning_every_days": (1, 3650)}
    for name, (least, most) in ranges.items():
        number = getattr(command, name)
        require(
            number is None or (math.isfinite(number) and least <= number <= most),
            "impossible_number",
            f"{name} is {number}",
            name,
            f"Give a number from {least} to {most}.",
        )


def state_purifier(command: StatePurifier, state: Fact | None, now: datetime) -> Sequence[Fact]:
    expect_past(command.stated_at, now, "stated_at")
    fact = stated("air.purifier_stated", command)
    same = state is not None and all(state.fields[name] == fact.fields[name] for name in ("fan_on", "purifier_on"))
    return [] if same else [fact]


def clean_purifier(command: CleanPurifier, state: Fact | None, now: datetime) -> Sequence[Fact]:
    expect_past_day(command.cleaned_on, now, "cleaned_on")
    return restated(stated("air.purifier_cleaned", command), state)


def _house(command: StatePurifier | CleanPurifier) -> Iterable[tuple[str, str, str]]:
    return [("catering", command.catering_id, "catering_id")]


DECIDERS: Mapping[type[Command], Decider] = {
    RegisterCatering: place_register("air.catering_registered", "catering", check=check_house),
    StatePurifier: Decider(
        "purifier_statement",
        lambda c: f"{c.catering_id}/{c.stated_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        state_purifier,
        latest,
        None,
        _house,
    ),
    CleanPurifier: Decider(
        "purifier_cleaning", lambda c: f"{c.catering_id}/{c.cleaned_on}", clean_purifier, latest, None, _house
    ),
}
