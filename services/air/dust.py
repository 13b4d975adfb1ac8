"""Commands on sources of dust: the register, which changes as sites begin and end, and inspections."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from services.checks import expect_past, expect_past_day, expect_texts
from services.decider import Command, Decide, Decider, Fact, require, restated, stated
from services.registers import PlaceCommand, check_place


@dataclass(frozen=True, kw_only=True)
class RegisterDustSource(PlaceCommand):
    """Enter a source of dust in the register, or restate it as it changed: area in m², local days."""

    dust_kind: str
    responsible_body: str | None = None
    subdistrict_id: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    area_m2: float | None = None
    video_urls: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class FinishDustSource(Command):
    """State that the work that raised the dust is finished: a local day."""

    site_id: str
    finished_on: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class InspectDustMeasures(Command):
    """Record which of the six measures against dust (六个百分百) an inspection found met: UTC."""

    site_id: str
    inspected_at: datetime
    inspectors: Sequence[str]
    fencing: bool
    covering: bool
    vehicle_washing: bool
    hardened_ground: bool
    wet_work: bool
    closed_transport: bool
    remark: str | None = None


@dataclass(frozen=True)
class DustSource:
    """What the handler knows of a dust source: its entry, its last inspection, and whether it is finished."""

    entry: Fact | None = None
    inspection: Fact | None = None
    finished: bool = False


def register_dust_source(command: RegisterDustSource, state: DustSource, _now: datetime) -> Sequence[Fact]:
    check_place(command)
    require(
        command.starts_on is None or command.ends_on is None or command.starts_on <= command.ends_on,
        "impossible_order",
        f"it would end on {command.ends_on}, before it starts on {command.starts_on}",
        "ends_on",
        "Correct one of the days.",
    )
    require(
        command.area_m2 is None or (math.isfinite(command.area_m2) and command.area_m2 > 0),
        "impossible_area",
        f"the area is {command.area_m2}",
        "area_m2",
        "Give square metres above 0.",
    )
    urls = [url for url in command.video_urls if not url.startswith(("https://", "http://", "rtsp://", "rtsps://"))]
    require(
        not urls, "no_url", f"{urls} are no addresses of video", "video_urls", "Begin with https:// or rtsp://."
    )
    fact = stated("air.dust_source_registered", command)
    return [fact] if state.finished else restated(fact, state.entry)


def finish_dust_source(command: FinishDustSource, state: DustSource, now: datetime) -> Sequence[Fact]:
    expect_past_day(command.finished_on, now, "finished_on")
    expect_texts(command, "reason")
    return _of_active("air.dust_source_finished")(command, state, now)


def inspect_dust_measures(command: InspectDustMeasures, state: DustSource, now: datetime) -> Sequence[Fact]:
    require(
        any(name.strip() for name in command.inspectors),
        "inspector_missing",
        "nobody is named who inspected",
        "inspectors",
        "Name who inspected.",
    )
    expect_past(command.inspected_at, now, "inspected_at")
    (fact,) = _of_active("air.dust_measures_inspected")(command, state, now)
    return restated(fact, state.inspection)


def evolve(state: DustSource, fact: Fact) -> DustSource:
    match fact.event:
        case "air.dust_source_registered":
            return replace(state, entry=fact, finished=False)
        case "air.dust_source_finished":
            return replace(state, finished=True)
        case _:
            return replace(state, inspection=fact)


def _of_active(event: str) -> Decide:
    """A step that says what its command says, allowed on a source that is not finished."""

    def decide(command: Command, state: DustSource, _now: datetime) -> Sequence[Fact]:
        require(
            state.entry is not None and not state.finished,
            "illegal_step",
            "the dust source is finished" if state.finished else "there is no such dust source",
            "site_id",
            "Check the code; register the source again where its work goes on.",
        )
        return [stated(event, command)]

    return decide


def _dust_source(decide: Decide) -> Decider:
    return Decider("dust_source", lambda c: c.site_id, decide, evolve, DustSource())


DECIDERS: Mapping[type[Command], Decider] = {
    RegisterDustSource: _dust_source(register_dust_source),
    FinishDustSource: _dust_source(finish_dust_source),
    InspectDustMeasures: _dust_source(inspect_dust_measures),
}
