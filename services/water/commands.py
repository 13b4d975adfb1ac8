"""Commands of the water subsystem: its registers of rivers, lakes and sections."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.decider import Command, Decider
from services.plain import plain
from services.registers import PlaceCommand, place_register


@dataclass(frozen=True, kw_only=True)
class RegisterSection(PlaceCommand):
    """Enter a monitoring section of a river or lake in the register."""

    water_body_id: str
    water_body_kind: str
    control: str = "UNSTATED"
    drinking_water_source: bool = False
    target_class: int | None = None


def _water_body_of_section(command: RegisterSection) -> Sequence[tuple[str, str, str]]:
    return [(command.water_body_kind.lower(), command.water_body_id, "water_body_id")]


RegisterRiver = plain("RegisterRiver", "water.river_registered")
RegisterLake = plain("RegisterLake", "water.lake_registered")

DECIDERS: Mapping[type[Command], Decider] = {
    RegisterSection: place_register("water.section_registered", "section", _water_body_of_section),
}
