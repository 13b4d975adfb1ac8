"""Commands of the subsystem for soil and solid waste: its registers, and the life of a hazardous-waste manifest.

A manifest is issued by the generator, loaded by the carrier, delivered, and received; or it is voided before
it is loaded (危险废物转移管理办法, arts. 10 to 18).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.checks import expect_above_zero
from services.decider import Command, Decider, require
from services.life import Act, Standing, life
from services.plain import plain

_MANIFEST_NO = re.compile(r"\d{14}")
_WASTE_CODE = re.compile(r"\d{3}-\d{3}-\d{2}")


@dataclass(frozen=True, kw_only=True)
class IssueManifest(Command):
    """Issue the manifest of a hazardous-waste transfer: quantity in tonnes."""

    manifest_no: str
    generator_id: str
    carrier_id: str
    receiver_id: str
    waste_category: str
    waste_code: str
    waste_name: str
    hazards: Sequence[str]
    form: str
    packages: int
    quantity_t: float


@dataclass(frozen=True, kw_only=True)
class LoadManifest(Command):
    """Take the waste of a manifest on board: quantity in tonnes."""

    manifest_no: str
    vehicle_plate: str
    quantity_t: float
    driver: str | None = None


@dataclass(frozen=True, kw_only=True)
class DeliverManifest(Command):
    """Hand the waste over at the receiver's."""

    manifest_no: str
    vehicle_plate: str


@dataclass(frozen=True, kw_only=True)
class ReceiveManifest(Command):
    """Confirm what the receiver accepts: ACCEPTED, PARTLY_ACCEPTED or REJECTED, and the tonnes accepted."""

    manifest_no: str
    decision: str
    quantity_t: float
    discrepancy: str | None = None
    disposal_code: str | None = None


@dataclass(frozen=True, kw_only=True)
class VoidManifest(Command):
    """Declare a manifest void before its waste is loaded."""

    manifest_no: str
    reason: str


def check_issue(command: IssueManifest, _standing: Standing, _now: datetime) -> None:
    require(
        bool(_MANIFEST_NO.fullmatch(command.manifest_no)),
        "malformed_number",
        f"{command.manifest_no!r} is no manifest number",
        "manifest_no",
        "Use 14 digits: year, province, city and serial (危险废物转移管理办法 art. 15).",
    )
    require(
        bool(_WASTE_CODE.fullmatch(command.waste_code)) and command.waste_code[-2:] == command.waste_category[-2:],
        "malformed_waste_code",
        f"{command.waste_code!r} is no code of category {command.waste_category!r}",
        "waste_code",
        "Use AAA-BBB-CC from the national catalogue; CC is the category's number.",
    )
    require(
        command.generator_id != command.receiver_id,
        "same_party",
        f"{command.generator_id} can't be generator and receiver of one transfer",
        "receiver_id",
        "Name who takes the waste over; what stays on the premises needs no manifest.",
    )
    expect_above_zero(command, "quantity_t", "packages")


def check_loading(command: LoadManifest, _standing: Standing, _now: datetime) -> None:
    expect_above_zero(command, "quantity_t")


def check_delivery(command: DeliverManifest, standing: Standing, _now: datetime) -> None:
    loaded = standing.last("soil.manifest_loaded")["vehicle_plate"]
    require(
        command.vehicle_plate == loaded,
        "other_vehicle",
        f"{command.vehicle_plate} arrived, but {loaded} was loaded",
        "vehicle_plate",
        "Check the plate; a change of vehicle needs a manifest of its own.",
    )


def check_receipt(command: ReceiveManifest, _standing: Standing, _now: datetime) -> None:
    rejected = command.decision == "REJECTED"
    require(
        command.quantity_t == 0 if rejected else command.quantity_t > 0,
        "impossible_quantity",
        f"{command.quantity_t} t can't be {command.decision.lower().replace('_', ' ')}",
        "quantity_t",
        "Give the tonnes accepted: none where rejected.",
    )
    require(
        command.decision == "ACCEPTED" or bool(command.discrepancy),
        "reason_missing",
        f"{command.decision} without a discrepancy",
        "discrepancy",
        "Say how the waste differs from the manifest (art. 18).",
    )


def _parties(command: IssueManifest) -> Sequence[tuple[str, str, str]]:
    fields = ("generator_id", "carrier_id", "receiver_id")
    return [("enterprise", getattr(command, field), field) for field in fields]


RegisterWell = plain("RegisterWell", "soil.well_registered")
RegisterParcel = plain("RegisterParcel", "soil.parcel_registered")
InspectSeepage = plain("InspectSeepage", "soil.seepage_inspected")

DECIDERS: Mapping[type[Command], Decider] = {
    **life(
        "manifest",
        {
            IssueManifest: Act("soil.manifest_issued", check_issue, _parties),
            LoadManifest: Act("soil.manifest_loaded", check_loading),
            DeliverManifest: Act("soil.manifest_delivered", check_delivery),
            ReceiveManifest: Act("soil.manifest_received", check_receipt),
            VoidManifest: Act("soil.manifest_voided"),
        },
    ),
}
