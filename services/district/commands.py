"""Commands about the district as a whole: its subdistricts, and the indicators and projects of its plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from services.decider import Command, Decider
from services.registers import PlaceCommand, place_register, register


@dataclass(frozen=True, kw_only=True)
class RegisterSubdistrict(PlaceCommand):
    """Enter a subdistrict in the register; `site_id` is its statistical code."""


@dataclass(frozen=True, kw_only=True)
class DefineEvaluationArea(Command):
    """Say by which stations the air of an area is evaluated."""

    area_id: str
    name_zh: str
    name_en: str
    site_ids: Sequence[str]
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class PlanIndicator(Command):
    """Set an indicator of the plan: texts as printed, values where the plan gives numbers."""

    indicator_id: str
    number: int
    topic_zh: str
    name_zh: str
    name_en: str
    unit: str
    base_text: str
    base_value: float | None = None
    target_text: str
    target_value: float | None = None
    five_year_text: str
    attribute: str
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class PlanProject(Command):
    """Set a key project of the plan: budget in yuan."""

    project_id: str
    number: int
    category_zh: str
    name_zh: str
    name_en: str
    content_zh: str
    unit_zh: str
    from_year: int
    until_year: int
    budget_yuan: float


DECIDERS: Mapping[type[Command], Decider] = {
    RegisterSubdistrict: place_register("district.subdistrict_registered", "subdistrict"),
    DefineEvaluationArea: replace(
        register("district.evaluation_area_defined", "evaluation_area", lambda c: c.area_id),
        refers=lambda c: [("station", site_id, "site_ids") for site_id in c.site_ids],
    ),
    PlanIndicator: register("district.indicator_planned", "indicator", lambda c: c.indicator_id),
    PlanProject: register("district.project_planned", "project", lambda c: c.project_id),
}
