"""Places along a river's reach: no farther than the reach is long, as its register has it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from services.decider import Fact, Known, require

RIVER = "water.river_registered"


@dataclass(frozen=True)
class AlongRivers:
    """What is known of a thing along rivers: its last fact, and the entries of the rivers that it names."""

    entry: Fact | None = None
    rivers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def evolve(state: AlongRivers, fact: Fact) -> AlongRivers:
    if fact.event == RIVER:
        return replace(state, rivers={**state.rivers, fact.fields["site_id"]: fact.fields})
    return replace(state, entry=fact)


def rivers(
    named: Callable[[Any], Sequence[str]],
) -> Callable[[Any, Known], Iterable[tuple[str, Mapping[str, Any]]]]:
    """For `Decider.beside`: the entries of the rivers that a command names."""

    def beside(command: Any, known: Known) -> Iterable[tuple[str, Mapping[str, Any]]]:
        return [said for river in named(command) for said in known.history(f"river/{river}")]

    return beside


def expect_within(state: AlongRivers, river: str, length: str, km: float | None, where: str) -> None:
    """Refuse kilometres beyond a river's `length_km` or `shoreline_km`, where that is known."""
    longest = state.rivers.get(river, {}).get(length)
    require(
        km is None or longest is None or km <= longest,
        "beyond_the_river",
        f"{where} comes to {km} km, and {length} of {river!r} is {longest}",
        where,
        "Count from the upstream end of the reach, or correct the river's entry.",
    )
