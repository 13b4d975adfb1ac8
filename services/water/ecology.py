"""The life in waters and along their shores: ecological surveys, black and odorous waters, uses of shorelines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from services.checks import expect_past_day
from services.decider import Command, Decider, Fact, Refused, latest, require, restated, stated
from services.registers import PlaceCommand, check_place, naming
from services.water import reaches

GRADES = ("LIGHT", "HEAVY")


@dataclass(frozen=True, kw_only=True)
class RecordEcologicalSurvey(Command):
    """Record a survey of a group of living things: how many of each species, score of the habitat 0 to 100."""

    survey_id: str
    site_id: str
    site_kind: str
    surveyed_on: date
    taxon_group: str
    species: Sequence[str]
    counts: Sequence[int]
    protected: Sequence[str] = ()
    habitat_score: float | None = None
    habitat: str | None = None
    method: str


@dataclass(frozen=True, kw_only=True)
class RegisterUrbanWater(PlaceCommand):
    """Enter an urban water in the register of those watched for being black and odorous: m and m²."""

    length_m: float | None = None
    area_m2: float | None = None
    subdistrict_id: str | None = None
    responsible_body: str | None = None


@dataclass(frozen=True, kw_only=True)
class ReportUrbanWaterState(Command):
    """Report that an urban water is black and odorous, under remedy, remedied, clear for good, or not black."""

    site_id: str
    state: str
    reason: str
    grade: str | None = None
    due_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class RegisterShorelineUse(PlaceCommand):
    """Enter a use of a shoreline in the register: length in m."""

    water_body_id: str
    used_by: str
    purpose: str
    state: str
    length_m: float | None = None
    approval_no: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class UrbanWater:
    """What the handler knows of an urban water: its entry, and what was reported last of its state."""

    entry: Fact | None = None
    report: Fact | None = None

    @property
    def state(self) -> str:
        return str(self.report.fields["state"]) if self.report else ""


_NEXT = {
    "": {"NOT_BLACK", "BLACK_ODOROUS"},
    "NOT_BLACK": {"NOT_BLACK", "BLACK_ODOROUS"},
    "BLACK_ODOROUS": {"UNDER_REMEDY", "NOT_BLACK"},
    "UNDER_REMEDY": {"UNDER_REMEDY", "REMEDIED"},
    "REMEDIED": {"CLEAR_FOR_GOOD", "BLACK_ODOROUS"},
    "CLEAR_FOR_GOOD": {"BLACK_ODOROUS"},
}


def record_survey(command: RecordEcologicalSurvey, state: Fact | None, now: datetime) -> Sequence[Fact]:
    expect_past_day(command.surveyed_on, now, "surveyed_on")
    require(
        len(command.species) == len(command.counts) == len(set(command.species)),
        "unequal_lengths",
        f"{len(command.species)} species, {len(set(command.species))} of them different, "
        f"and {len(command.counts)} counts",
        "counts",
        "Name each species once, and give one count for each.",
    )
    require(
        all(count > 0 for count in command.counts),
        "impossible_count",
        "a species was counted less than once",
        "counts",
        "Leave out species that were not found.",
    )
    require(
        set(command.protected) <= set(command.species),
        "unknown_species",
        f"{', '.join(sorted(set(command.protected) - set(command.species)))} was not found",
        "protected",
        "Name protected species among those found.",
    )
    require(
        command.habitat_score is None or 0 <= command.habitat_score <= 100,
        "impossible_score",
        f"the habitat's score is {command.habitat_score}",
        "habitat_score",
        "Give a score from 0 to 100.",
    )
    return restated(stated("water.ecological_survey_recorded", command), state)


def register_urban_water(command: RegisterUrbanWater, state: UrbanWater, _now: datetime) -> Sequence[Fact]:
    check_place(command)
    return restated(stated("water.urban_water_registered", command), state.entry)


def report_urban_water_state(command: ReportUrbanWaterState, state: UrbanWater, _now: datetime) -> Sequence[Fact]:
    facts = restated(stated("water.urban_water_state_reported", command), state.report)
    if facts:
        _check_state(command, state)
    return facts


def _check_state(command: ReportUrbanWaterState, state: UrbanWater) -> None:
    if command.state in _NEXT and command.state not in _NEXT[state.state]:
        raise Refused(
            "illegal_step",
            f"{command.site_id} is {state.state or 'not judged yet'}, and can't become {command.state}",
            "state",
            f"Use {', '.join(sorted(_NEXT[state.state]))}.",
        )
    black = command.state == "BLACK_ODOROUS"
    require(
        command.grade is None or command.grade in GRADES,
        "unknown_grade",
        f"grade {command.grade!r}",
        "grade",
        f"Use {' or '.join(GRADES)}.",
    )
    require(
        black or command.grade is None,
        "state_without_grade",
        f"a water that is {command.state} has no grade, and {command.grade} is given",
        "state",
        "Report BLACK_ODOROUS, or leave the grade out.",
    )
    require(
        not black or command.grade is not None,
        "grade_is_missing",
        "a water that is black and odorous is so to a grade",
        "grade",
        f"Use {' or '.join(GRADES)}.",
    )


def register_shoreline_use(
    command: RegisterShorelineUse, state: reaches.AlongRivers, _now: datetime
) -> Sequence[Fact]:
    check_place(command)
    km = command.length_m / 1000 if command.length_m is not None else None
    reaches.expect_within(state, command.water_body_id, "shoreline_km", km, "length_m")
    return restated(stated("water.shoreline_use_registered", command), state.entry)


def evolve_urban_water(state: UrbanWater, fact: Fact) -> UrbanWater:
    if fact.event == "water.urban_water_registered":
        return replace(state, entry=fact)
    return replace(state, report=fact)


def _surveyed(command: RecordEcologicalSurvey) -> Sequence[tuple[str, str, str]]:
    return [(command.site_kind, command.site_id, "site_id")]


def _urban_water(command: ReportUrbanWaterState) -> Sequence[tuple[str, str, str]]:
    return [("urban_water", command.site_id, "site_id")]


DECIDERS: Mapping[type[Command], Decider] = {
    RecordEcologicalSurvey: Decider(
        "ecological_survey", lambda c: c.survey_id, record_survey, latest, None, _surveyed
    ),
    RegisterUrbanWater: Decider(
        "urban_water", lambda c: c.site_id, register_urban_water, evolve_urban_water, UrbanWater()
    ),
    ReportUrbanWaterState: Decider(
        "urban_water",
        lambda c: c.site_id,
        report_urban_water_state,
        evolve_urban_water,
        UrbanWater(),
        _urban_water,
    ),
    RegisterShorelineUse: Decider(
        "shoreline_use",
        lambda c: c.site_id,
        register_shoreline_use,
        reaches.evolve,
        reaches.AlongRivers(),
        naming("water.shoreline_use_registered"),
        reaches.rivers(lambda c: [c.water_body_id]),
    ),
}
