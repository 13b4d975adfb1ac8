"""Odours: the list of enterprises that smell (臭气异味企业清单), complaints, and measurements at boundaries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.checks import (
    expect_one_of,
    expect_past,
    expect_past_day,
    expect_quantities,
    expect_step,
    expect_texts,
)
from services.decider import Command, Decider, Fact, latest, restated, stated

CLASSES = ("CLASS_1", "CLASS_2", "CLASS_3")


@dataclass(frozen=True, kw_only=True)
class ListOdourEnterprise(Command):
    """Put an enterprise on the list of those with odours, with the class of GB 14554-93 at its boundary."""

    enterprise_id: str
    substances: Sequence[str]
    sources: Sequence[str]
    reason: str
    listed_on: date
    boundary_class: str | None = None
    existing: bool = False


@dataclass(frozen=True, kw_only=True)
class DelistOdourEnterprise(Command):
    """Take an enterprise off the list of those with odours."""

    enterprise_id: str
    delisted_on: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class RecordOdourComplaint(Command):
    """Record a complaint about a smell, without who complained; the suspected enterprise where there is one."""

    complaint_id: str
    place: str
    smelled_at: datetime
    smell: str
    enterprise_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class RecordOdourMeasurement(Command):
    """Record an odour concentration at a boundary; where it is below detection, the least that is detected."""

    measurement_id: str
    enterprise_id: str
    measured_at: datetime
    point: str
    odour_concentration: float
    below_detection: bool = False
    method: str


def list_odour_enterprise(command: ListOdourEnterprise, entry: Fact | None, now: datetime) -> Sequence[Fact]:
    expect_texts(command, "substances", "sources", "reason")
    expect_past_day(command.listed_on, now, "listed_on")
    expect_one_of(command.boundary_class, CLASSES, "boundary_class")
    return restated(stated("air.odour_enterprise_listed", command), entry)


def delist_odour_enterprise(command: DelistOdourEnterprise, entry: Fact | None, now: datetime) -> Sequence[Fact]:
    expect_step(entry is not None, command.enterprise_id, "not on the list", "enterprise_id")
    expect_texts(command, "reason")
    expect_past_day(command.delisted_on, now, "delisted_on")
    return [stated("air.odour_enterprise_delisted", command)]


def record_odour_complaint(command: RecordOdourComplaint, entry: Fact | None, now: datetime) -> Sequence[Fact]:
    expect_texts(command, "complaint_id", "place", "smell")
    expect_past(command.smelled_at, now, "smelled_at")
    return restated(stated("air.odour_complaint_recorded", command), entry)


def record_odour_measurement(command: RecordOdourMeasurement, entry: Fact | None, now: datetime) -> Sequence[Fact]:
    expect_texts(command, "measurement_id", "point", "method")
    expect_past(command.measured_at, now, "measured_at")
    expect_quantities(command, "odour_concentration")
    return restated(stated("air.odour_measured", command), entry)


def evolve_list(_entry: Fact | None, fact: Fact) -> Fact | None:
    return fact if fact.event == "air.odour_enterprise_listed" else None


def _enterprise(command: Any) -> Sequence[tuple[str, str, str]]:
    return [("enterprise", command.enterprise_id, "enterprise_id")]


def _suspected(command: RecordOdourComplaint) -> Sequence[tuple[str, str, str]]:
    return _enterprise(command) if command.enterprise_id is not None else []


DECIDERS: Mapping[type[Command], Decider] = {
    ListOdourEnterprise: Decider(
        "odour_enterprise", lambda c: c.enterprise_id, list_odour_enterprise, evolve_list, None, _enterprise
    ),
    DelistOdourEnterprise: Decider(
        "odour_enterprise", lambda c: c.enterprise_id, delist_odour_enterprise, evolve_list, None, _enterprise
    ),
    RecordOdourComplaint: Decider(
        "odour_complaint", lambda c: c.complaint_id, record_odour_complaint, latest, None, _suspected
    ),
    RecordOdourMeasurement: Decider(
        "odour_measurement", lambda c: c.measurement_id, record_odour_measurement, latest, None, _enterprise
    ),
}
