"""Commands of the subsystem for soil and solid waste: its registers, and the life of a hazardous-waste manifest.

A manifest is issued by the generator, loaded by the carrier, delivered, and received; or it is voided before
it is loaded (危险废物转移管理办法, arts. 10 to 18).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.decider import Command, Decide, Decider, Fact, Refused, require, stated
from services.registers import PlaceCommand, place_register

_MANIFEST_NO = re.compile(r"\d{14}")
_WASTE_CODE = re.compile(r"\d{3}-\d{3}-\d{2}")


@dataclass(frozen=True, kw_only=True)
class RegisterWell(PlaceCommand):
    """Enter a groundwater monitoring well in the register: depth in m."""

    depth_m: float | None = None
    aquifer: str | None = None


@dataclass(frozen=True, kw_only=True)
class RegisterParcel(PlaceCommand):
    """Enter a parcel of land in the register of soil management: area in m²."""

    land_use: str
    area_m2: float | None = None
    status: str | None = None


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


@dataclass(frozen=True)
class Manifest:
    """What the handler knows of a manifest; `status` is empty before it is issued."""

    status: str = ""
    vehicle_plate: str = ""
    loaded_t: float = 0.0


def issue_manifest(command: IssueManifest, state: Manifest, _now: datetime) -> Sequence[Fact]:
    _expect(state, command.manifest_no, "")
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
    _expect_quantity(command.quantity_t)
    return [stated("soil.manifest_issued", command)]


def load_manifest(command: LoadManifest, state: Manifest, _now: datetime) -> Sequence[Fact]:
    _expect(state, command.manifest_no, "ISSUED")
    _expect_quantity(command.quantity_t)
    return [stated("soil.manifest_loaded", command)]


def deliver_manifest(command: DeliverManifest, state: Manifest, _now: datetime) -> Sequence[Fact]:
    _expect(state, command.manifest_no, "LOADED")
    require(
        command.vehicle_plate == state.vehicle_plate,
        "other_vehicle",
        f"{command.vehicle_plate} arrived, but {state.vehicle_plate} was loaded",
        "vehicle_plate",
        "Check the plate; a change of vehicle needs a manifest of its own.",
    )
    return [stated("soil.manifest_delivered", command)]


def receive_manifest(command: ReceiveManifest, state: Manifest, _now: datetime) -> Sequence[Fact]:
    _expect(state, command.manifest_no, "DELIVERED")
    rejected = command.decision == "REJECTED"
    fits = command.quantity_t == 0 if rejected else 0 < command.quantity_t <= state.loaded_t
    require(
        fits,
        "impossible_quantity",
        f"{command.quantity_t} t can't be {command.decision.lower()} of {state.loaded_t} t loaded",
        "quantity_t",
        "Give the tonnes accepted: none where rejected, at most what was loaded.",
    )
    require(
        command.decision == "ACCEPTED" or bool(command.discrepancy),
        "reason_missing",
        f"{command.decision} without a discrepancy",
        "discrepancy",
        "Say how the waste differs from the manifest (art. 18).",
    )
    return [stated("soil.manifest_received", command)]


def void_manifest(command: VoidManifest, state: Manifest, _now: datetime) -> Sequence[Fact]:
    _expect(state, command.manifest_no, "ISSUED")
    return [stated("soil.manifest_voided", command)]


def evolve_manifest(state: Manifest, fact: Fact) -> Manifest:
    match fact.event:
        case "soil.manifest_issued":
            return replace(state, status="ISSUED")
        case "soil.manifest_loaded":
            plate, quantity = fact.fields["vehicle_plate"], fact.fields["quantity_t"]
            return replace(state, status="LOADED", vehicle_plate=plate, loaded_t=quantity)
        case "soil.manifest_delivered":
            return replace(state, status="DELIVERED")
        case "soil.manifest_received":
            return replace(state, status=fact.fields["decision"])
        case _:
            return replace(state, status="VOIDED")


def _expect(state: Manifest, manifest_no: str, status: str) -> None:
    if state.status != status:
        standing = f"it is {state.status}" if state.status else "it has not been issued"
        needed = f"this step needs it {status}" if status else "its number is taken"
        raise Refused(
            "illegal_step",
            f"manifest {manifest_no}: {standing}, and {needed}",
            "manifest_no",
            "Check the number, and which step comes next.",
        )


def _expect_quantity(quantity_t: float) -> None:
    require(
        quantity_t > 0,
        "impossible_quantity",
        f"{quantity_t} t is no quantity",
        "quantity_t",
        "Give tonnes above 0.",
    )


def _manifest(decide: Decide) -> Decider:
    return Decider("manifest", lambda c: c.manifest_no, decide, evolve_manifest, Manifest())


def _parties(command: IssueManifest) -> Sequence[tuple[str, str, str]]:
    fields = ("generator_id", "carrier_id", "receiver_id")
    return [("enterprise", getattr(command, field), field) for field in fields]


DECIDERS: Mapping[type[Command], Decider] = {
    RegisterWell: place_register("soil.well_registered", "well"),
    RegisterParcel: place_register("soil.parcel_registered", "parcel"),
    IssueManifest: replace(_manifest(issue_manifest), refers=_parties),
    LoadManifest: _manifest(load_manifest),
    DeliverManifest: _manifest(deliver_manifest),
    ReceiveManifest: _manifest(receive_manifest),
    VoidManifest: _manifest(void_manifest),
}
