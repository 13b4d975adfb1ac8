"""Vehicles on the road: passes measured by remote sensing, smoky ones captured, and regular inspections."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from schemas.standards import marks
from services.checks import expect_past, expect_past_day, expect_texts
from services.decider import Command, Decider, Fact, latest, require, restated, stated
from services.plain import plain

_SHA256 = re.compile(r"[0-9a-f]{64}")
_MEASURED = (
    "speed_km_h", "acceleration_m_s2", "vsp_kw_t", "co_percent", "hc_ppm", "no_ppm", "opacity_percent",
    "ringelmann",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class MeasureVehicle(Command):
    """Record what a device measured of a passing vehicle; again where it was corrected. Units are in the names."""

    site_id: str
    record_no: str
    passed_at: datetime
    plate: str | None = None
    plate_colour: str
    fuel: str
    speed_km_h: float | None = None
    acceleration_m_s2: float | None = None
    vsp_kw_t: float | None = None
    co_percent: float | None = None
    hc_ppm: float | None = None
    no_ppm: float | None = None
    opacity_percent: float | None = None
    ringelmann: float | None = None
    valid: bool = True
    mark: str = ""


@dataclass(frozen=True, kw_only=True)
class CaptureSmokyVehicle(Command):
    """Record that a camera captured a smoky vehicle; evidence_sha256 is parallel to evidence_urls."""

    site_id: str
    record_no: str
    passed_at: datetime
    plate: str | None = None
    plate_colour: str
    ringelmann: float | None = None
    evidence_urls: Sequence[str]
    evidence_sha256: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class ReviewSmokyVehicle(Command):
    """Confirm or reject a capture of a smoky vehicle: decision CONFIRMED, or REJECTED with its reason."""

    site_id: str
    record_no: str
    decision: str
    reason: str | None = None
    reviewed_by: str


@dataclass(frozen=True, kw_only=True)
class RecordVehicleInspection(Command):
    """Record the result of a vehicle's regular emission inspection, PASS or FAIL."""

    report_no: str
    plate: str
    plate_colour: str
    inspected_on: date
    result: str
    station: str
    method: str | None = None
    inspector: str | None = None


@dataclass(frozen=True)
class Capture:
    """What the handler knows of a capture: what the camera said, and what was decided last."""

    said: Fact | None = None
    review: Fact | None = None


def measure_vehicle(command: MeasureVehicle, state: Fact | None, now: datetime) -> Sequence[Fact]:
    _expect_pass(command, now)
    for name in _MEASURED:
        _expect_finite(getattr(command, name), name)
    _expect_ringelmann(command.ringelmann)
    require(
        command.mark in marks(),
        "unknown_mark",
        f"{command.mark!r} is no data mark",
        "mark",
        "Use one of standards/mark.csv, or none.",
    )
    return restated(stated("air.vehicle_measured", command), state)


def capture_smoky_vehicle(command: CaptureSmokyVehicle, state: Capture, now: datetime) -> Sequence[Fact]:
    _expect_pass(command, now)
    _expect_ringelmann(command.ringelmann)
    require(
        0 < len(command.evidence_urls) == len(command.evidence_sha256),
        "evidence_missing",
        f"{len(command.evidence_urls)} pieces of evidence and {len(command.evidence_sha256)} hashes",
        "evidence_sha256",
        "Give at least one picture, and one SHA-256 for each.",
    )
    require(
        all(map(_SHA256.fullmatch, command.evidence_sha256)),
        "malformed_hash",
        "a hash is not 64 hexadecimal digits in lower case",
        "evidence_sha256",
        "Give the SHA-256 of each picture.",
    )
    facts = restated(stated("air.smoky_vehicle_captured", command), state.said)
    require(
        not facts or state.review is None,
        "already_reviewed",
        f"capture {command.record_no} was reviewed as it was",
        "record_no",
        "Record what is different as a capture of its own.",
    )
    return facts


def review_smoky_vehicle(command: ReviewSmokyVehicle, state: Capture, _now: datetime) -> Sequence[Fact]:
    require(
        command.decision != "REJECTED" or bool(command.reason),
        "reason_missing",
        "a capture is rejected for a reason",
        "reason",
        "Say why the vehicle is not taken for smoky.",
    )
    return restated(stated("air.smoky_vehicle_reviewed", command), state.review)


def record_vehicle_inspection(
    command: RecordVehicleInspection, state: Fact | None, now: datetime
) -> Sequence[Fact]:
    _expect_plate(command.plate)
    expect_past_day(command.inspected_on, now, "inspected_on")
    return restated(stated("air.vehicle_inspected", command), state)


def evolve_capture(state: Capture, fact: Fact) -> Capture:
    if fact.event == "air.smoky_vehicle_captured":
        return replace(state, said=fact)
    return replace(state, review=fact)


def _expect_pass(command: MeasureVehicle | CaptureSmokyVehicle, now: datetime) -> None:
    expect_texts(command, "record_no")
    expect_past(command.passed_at, now, "passed_at")
    if command.plate is not None:
        _expect_plate(command.plate)


def _expect_plate(plate: str) -> None:
    require(
        0 < len(plate) <= 16 and not re.search(r"\s", plate),
        "malformed_plate",
        f"the plate has {len(plate)} characters",
        "plate",
        "Give it without blanks, or leave it out where it could not be read.",
    )


def _expect_finite(number: float | None, where: str) -> None:
    require(
        number is None or math.isfinite(number),
        "not_a_number",
        f"{where} is {number}",
        where,
        "Give a number, or leave it out.",
    )


def _expect_ringelmann(number: float | None) -> None:
    require(
        number is None or 0 <= number <= 5,
        "impossible_ringelmann",
        f"the Ringelmann number is {number}",
        "ringelmann",
        "Give 0 to 5, or leave it out.",
    )


def _record(command: MeasureVehicle | CaptureSmokyVehicle | ReviewSmokyVehicle) -> str:
    return f"{command.site_id}/{command.record_no}"


def _at_device(command: MeasureVehicle | CaptureSmokyVehicle) -> Sequence[tuple[str, str, str]]:
    return [("vehicle_device", command.site_id, "site_id")]


def _of_capture(command: ReviewSmokyVehicle) -> Sequence[tuple[str, str, str]]:
    return [("smoky_capture", _record(command), "record_no")]


RegisterVehicleDevice = plain("RegisterVehicleDevice", "air.vehicle_device_registered")

DECIDERS: Mapping[type[Command], Decider] = {
    MeasureVehicle: Decider("vehicle_pass", _record, measure_vehicle, latest, refers=_at_device),
    CaptureSmokyVehicle: Decider(
        "smoky_capture", _record, capture_smoky_vehicle, evolve_capture, Capture(), _at_device
    ),
    ReviewSmokyVehicle: Decider(
        "smoky_capture", _record, review_smoky_vehicle, evolve_capture, Capture(), _of_capture
    ),
    RecordVehicleInspection: Decider(
        "vehicle_inspection", lambda c: c.report_no, record_vehicle_inspection, latest
    ),
}
