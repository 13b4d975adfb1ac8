"""Commands of the water subsystem: its registers of rivers, lakes and sections."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.decider import Command, Decider
from services.registers import PlaceCommand, place_register


@dataclass(frozen=True, kw_only=True)
class RegisterRiver(PlaceCommand):
    """Enter a river in the register: lengths in km, level in m."""

    length_km: float | None = None
    shoreline_km: float | None = None
    gate_closing_level_m: float | None = None


@dataclass(frozen=True, kw_only=True)
class RegisterLake(PlaceCommand):
    """Enter a lake in the register: area in hectares, depths and level in m, target class 1 to 5."""

    area_ha: float | None = None
    depth_m: float | None = None
    flood_depth_m: float | None = None
    mean_level_m: float | None = None
    target_class: int | None = None
    remark: str | None = None


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


DECIDERS: Mapping[type[Command], Decider] = {
    RegisterRiver: place_register("water.river_registered", "river"),
    RegisterLake: place_register("water.lake_registered", "lake"),
    RegisterSection: place_register("water.section_registered", "section", _water_body_of_section),
}
