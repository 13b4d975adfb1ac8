"""Commands of the air subsystem. Observations, which are statements and no commands, are in `ingest`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.air import carbon as _carbon
from services.decider import Command, Decider
from services.registers import PlaceCommand, place_register


@dataclass(frozen=True, kw_only=True)
class RegisterStation(PlaceCommand):
    """Enter an air monitoring station in the register, or restate its entry."""

    network: str
    operator: str | None = None
    subdistrict_id: str | None = None
    factors: Sequence[str] = ()


DECIDERS: Mapping[type[Command], Decider] = {
    RegisterStation: place_register("air.station_registered", "station"),
    **_carbon.DECIDERS,
}
