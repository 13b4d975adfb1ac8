"""Commands on monitors of sources: what they watch, and which standard limits a stack where no permit does."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from schemas.standards import stack_levels
from services.checks import expect_standard
from services.decider import Command, Decider, require
from services.registers import PlaceCommand, place_register


@dataclass(frozen=True, kw_only=True)
class RegisterSourceMonitor(PlaceCommand):
    """Enter a monitor that watches a source of air pollution: `source_id` is a dust source, a catering house, or
    the enterprise of a stack, whose standard, level and scope are as in standards/discharge_limits.csv."""

    watches: str
    source_id: str
    stack_no: str | None = None
    standard: str | None = None
    scope: str | None = None
    level: str | None = None
    subdistrict_id: str | None = None
    operator: str | None = None


_WATCHED = {"DUST_SOURCE": "dust_source", "CATERING": "catering", "STACK": "enterprise"}


def check_limits(command: RegisterSourceMonitor) -> None:
    """Refuse a monitor that watches itself, a stack's words for what is none, and limits that are unknown here."""
    require(
        command.site_id != command.source_id,
        "same_code",
        f"{command.site_id!r} would watch itself",
        "site_id",
        "Give the monitor a code of its own.",
    )
    stacks_own = (command.stack_no, command.standard, command.scope, command.level)
    require(
        command.watches == "STACK" or not any(stacks_own),
        "no_stack",
        f"it watches a {command.watches}, and has a stack's number or standard",
        "watches",
        "Leave stack_no, standard, scope and level out: what limits other sources is known.",
    )
    said = {"standard": command.standard, "level": command.level, "scope": command.scope}
    expect_standard(stack_levels(), said, "what stacks emit")


def _watched(command: RegisterSourceMonitor) -> Iterable[tuple[str, str, str]]:
    aggregate = _WATCHED.get(command.watches)
    return [(aggregate, command.source_id, "source_id")] if aggregate else []


DECIDERS: Mapping[type[Command], Decider] = {
    RegisterSourceMonitor: place_register(
        "air.source_monitor_registered", "source_monitor", refers=_watched, check=check_limits
    ),
}
