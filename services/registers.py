"""What all registers share: an entry is stated, and stated again where it changed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schemas.contract import event_types
from services.decider import Command, Decider, Fact, latest, require, restated, stated


@dataclass(frozen=True, kw_only=True)
class PlaceCommand(Command):
    """Enter a place in a register: position in degrees, WGS 84; `position_source` says where it comes from."""

    site_id: str
    name_zh: str
    name_en: str
    lon: float | None = None
    lat: float | None = None
    position_quality: str = "APPROXIMATE"
    position_source: str


def place_register(
    event: str,
    aggregate: str,
    refers: Callable[[Any], Iterable[tuple[str, str, str]]] = lambda _: (),
    check: Callable[[Any], None] = lambda _: None,
) -> Decider:
    """The decider of a register of places; `check` refuses what its kind of place can't be."""

    def decide(command: PlaceCommand, entry: Fact | None, _now: datetime) -> Sequence[Fact]:
        check_place(command)
        check(command)
        return restated(stated(event, command), entry)

    return Decider(aggregate, lambda c: c.site_id, decide, latest, refers=refers)


def register(
    event: str,
    aggregate: str,
    identity: Callable[[Any], str],
    refers: Callable[[Any], Iterable[tuple[str, str, str]]] = lambda _: (),
    check: Callable[[Any], None] = lambda _: None,
) -> Decider:
    """The decider of a register of things that have no place; `check` refuses what they can't be."""

    def decide(command: Command, entry: Fact | None, _now: datetime) -> Sequence[Fact]:
        check(command)
        return restated(stated(event, command), entry)

    return Decider(aggregate, identity, decide, latest, refers=refers)


def naming(event: str) -> Callable[[Any], Iterable[tuple[str, str, str]]]:
    """For `Decider.refers`: what an event's fields with `names` name, each one, a list of them, or none."""
    names = {name: said["names"] for name, said in event_types()[event].fields.items() if "names" in said}

    def refers(command: Any) -> Iterable[tuple[str, str, str]]:
        for name, kind in names.items():
            said = getattr(command, name) or ()
            yield from ((kind, each, name) for each in ((said,) if isinstance(said, str) else said))

    return refers


def check_place(command: PlaceCommand) -> None:
    """Refuse a place without names, or with a position that can't be."""
    for name in ("site_id", "name_zh", "name_en", "position_source"):
        require(bool(getattr(command, name).strip()), "empty", f"{name} is empty", name, "Give it a text.")
    for name, limit in (("lon", 180), ("lat", 90)):
        degrees = getattr(command, name)
        require(
            degrees is None or -limit <= degrees <= limit,
            "impossible_position",
            f"{name} is {degrees}, outside ±{limit} degrees",
            name,
            "Give degrees of WGS 84; longitude and latitude may be swapped.",
        )
