"""The water network: which way water flows, from enterprises through sewers, plants and outfalls to waters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.decider import Command, Decider, Fact, Refused, require, restated, stated
from services.water.reaches import AlongRivers, evolve, expect_within, rivers

KINDS = ("enterprise", "sewer", "plant", "outfall", "river", "lake", "section")


@dataclass(frozen=True, kw_only=True)
class RegisterConnection(Command):
    """Enter a way that water takes from one node to another; places on rivers in km from the reach's upper end."""

    connection_id: str
    from_kind: str
    from_id: str
    to_kind: str
    to_id: str
    medium: str
    length_km: float | None = None
    leaves_at_km: float | None = None
    enters_at_km: float | None = None


@dataclass(frozen=True, kw_only=True)
class RemoveConnection(Command):
    """Say that a connection of the water network is no longer there."""

    connection_id: str
    reason: str


def register_connection(command: RegisterConnection, state: AlongRivers, _now: datetime) -> Sequence[Fact]:
    require(
        command.from_id != command.to_id,
        "to_itself",
        f"{command.from_id} would flow into itself",
        "to_id",
        "Name the node that the water goes to.",
    )
    for name in ("length_km", "leaves_at_km", "enters_at_km"):
        km = getattr(command, name)
        require(
            km is None or 0 <= km < 10000,
            "impossible_length",
            f"{name} is {km}",
            name,
            "Give kilometres from 0 on, or leave it out where it is not known.",
        )
    _expect_river(command, "leaves_at_km", "from_kind")
    _expect_river(command, "enters_at_km", "to_kind")
    expect_within(state, command.from_id, "length_km", command.leaves_at_km, "leaves_at_km")
    expect_within(state, command.to_id, "length_km", command.enters_at_km, "enters_at_km")
    return restated(stated("water.connection_registered", command), state.entry)


def remove_connection(command: RemoveConnection, state: AlongRivers, _now: datetime) -> Sequence[Fact]:
    if state.entry is None or state.entry.event == "water.connection_removed":
        raise Refused(
            "illegal_step",
            f"there is no connection {command.connection_id!r} to be removed",
            "connection_id",
            "Check the code, or whether it was removed already.",
        )
    return [stated("water.connection_removed", command)]


def _expect_river(command: RegisterConnection, km: str, kind: str) -> None:
    require(
        getattr(command, km) is None or getattr(command, kind) == "river",
        "no_river",
        f"{km} is a place on a river, and {kind} is {getattr(command, kind)}",
        km,
        "Leave it out.",
    )


def _ends(command: RegisterConnection) -> Sequence[tuple[str, str, str]]:
    ends = (("from_kind", "from_id"), ("to_kind", "to_id"))
    return [(getattr(command, kind), getattr(command, name), name) for kind, name in ends]


def _rivers(command: RegisterConnection) -> Sequence[str]:
    return [identity for kind, identity, _ in _ends(command) if kind == "river"]


DECIDERS: Mapping[type[Command], Decider] = {
    RegisterConnection: Decider(
        "connection",
        lambda c: c.connection_id,
        register_connection,
        evolve,
        AlongRivers(),
        _ends,
        rivers(_rivers),
    ),
    RemoveConnection: Decider("connection", lambda c: c.connection_id, remove_connection, evolve, AlongRivers()),
}
