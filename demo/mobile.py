"""What the demo's roads, machines and coin accounts hold where no real data exist; all of it says `simulator`."""

import hashlib
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.air.coins import IssueCoins, OpenCoinAccount, RecordLowCarbonAction, SpendCoins, TransferCoins
from services.air.machinery import DefineLowEmissionZone, InspectMachinery, MoveMachinery, RegisterMachinery
from services.air.vehicles import (
    CaptureSmokyVehicle,
    MeasureVehicle,
    RecordVehicleInspection,
    RegisterVehicleDevice,
    ReviewSmokyVehicle,
)
from services.decider import Command

SOURCE = "simulator"
PASSES = 30
"""Of each device."""

_START = datetime(2022, 1, 2, 16, tzinfo=UTC)  # 00:00 of 3 January in Xunyang
_BEFORE: dict[str, Any] = {"source": SOURCE, "occurred_at": datetime(2021, 12, 31, 2, tzinfo=UTC)}
_SENSORS, _CAMERAS = ("demo-sensing-1", "demo-sensing-2"), ("demo-smoke-1", "demo-smoke-2")
_SMOKY = {"赣G·演示01", "赣G·演示02"}
_PERSONS = ("demo-person-1", "demo-person-2", "demo-person-3")
_MACHINES = (
    ("EXCAVATOR", "II", 110.0), ("LOADER", "III", 92.0), ("FORKLIFT", "III", 37.0), ("ROLLER", "IV", 103.0),
    ("FORKLIFT", "NO_ENGINE", None), ("DUMPER", "I", 75.0),
)  # fmt: skip


def batches(seed: int) -> Sequence[Sequence[Command]]:
    """Commands to be carried out together, one batch behind the other: later ones refer to earlier ones."""
    chance = random.Random(seed + 2)
    return [
        [*_devices(chance), *_machines(), _zone(), *_accounts()],
        [*_passes(chance), *_captures(), *_inspections(), *_machines_at_work(chance), *_actions()],
        [*_reviews(), *(IssueCoins(account_id=p, action_no=f"{p}-walk", **_BEFORE) for p in _PERSONS)],
        [*_payments(), *_machines_inspected(chance)],
    ]


def _devices(chance: random.Random) -> Iterator[Command]:
    roads = ("演示大道（模拟）", "演示滨江路（模拟）")
    for kind, codes, zh, en in (
        ("REMOTE_SENSING", _SENSORS, "尾气遥感", "exhaust sensing"),
        ("SMOKE_CAMERA", _CAMERAS, "黑烟抓拍", "smoke camera"),
    ):
        for code, road in zip(codes, roads, strict=True):
            yield RegisterVehicleDevice(
                site_id=code, device_kind=kind, road=road, name_zh=f"演示{zh}{code[-1]}（模拟）",
                name_en=f"Demo {en} {code[-1]} (simulated)", lon=round(chance.uniform(115.98, 116.07), 4),
                lat=round(chance.uniform(29.71, 29.74), 4), position_source="simulated, somewhere in the district",
                **_BEFORE,
            )  # fmt: skip


def _passes(chance: random.Random) -> Iterator[Command]:
    for code in _SENSORS:
        for number in range(PASSES):
            at = _START + timedelta(minutes=95 * number + chance.randint(0, 60))
            plate = f"赣G·演示{chance.randint(1, 12):02d}"
            diesel = int(plate[-2:]) <= 6
            yield MeasureVehicle(
                site_id=code, record_no=f"demo-{number:04d}", passed_at=at, plate=plate,
                plate_colour="YELLOW" if diesel else "BLUE", fuel="DIESEL" if diesel else "PETROL",
                speed_km_h=round(chance.uniform(25, 70), 1), acceleration_m_s2=round(chance.uniform(-0.2, 0.8), 2),
                vsp_kw_t=round(chance.uniform(-2, 18), 1), co_percent=round(chance.uniform(0.01, 0.6), 2),
                hc_ppm=round(chance.uniform(5, 120)), no_ppm=round(chance.uniform(100, 900)),
                opacity_percent=round(chance.uniform(31, 55) if plate in _SMOKY else chance.uniform(1, 25), 1),
                source=SOURCE, occurred_at=at,
            )  # fmt: skip


def _captures() -> Iterator[Command]:
    for number, code in enumerate((*_CAMERAS, _CAMERAS[0]), 1):
        name = f"simulated://smoke/{number}.jpg"
        at = _START + timedelta(hours=9 * number)
        yield CaptureSmokyVehicle(
            site_id=code, record_no=f"demo-{number}", passed_at=at, plate=f"赣G·演示{number:02d}",
            plate_colour="YELLOW", ringelmann=2.0, evidence_urls=[name],
            evidence_sha256=[hashlib.sha256(name.encode()).hexdigest()], source=SOURCE, occurred_at=at,
        )  # fmt: skip


def _reviews() -> Iterator[Command]:
    decisions = (("CONFIRMED", None), ("REJECTED", "阴影（模拟）"))
    for number, (code, (decision, reason)) in enumerate(zip(_CAMERAS, decisions, strict=True), 1):
        yield ReviewSmokyVehicle(
            site_id=code, record_no=f"demo-{number}", decision=decision, reason=reason,
            reviewed_by="演示审核员（模拟）", source=SOURCE, occurred_at=_START + timedelta(hours=30),
        )  # fmt: skip


def _inspections() -> Iterator[Command]:
    for number, (day, result) in enumerate(((date(2021, 6, 1), "PASS"), (date(2022, 1, 6), "PASS")), 1):
        yield RecordVehicleInspection(
            report_no=f"demo-inspection-{number}", plate=f"赣G·演示{number:02d}", plate_colour="YELLOW",
            inspected_on=day, result=result, station="演示检测站（模拟）", source=SOURCE,
            occurred_at=datetime(day.year, day.month, day.day, 4, tzinfo=UTC),
        )  # fmt: skip


def _machines() -> Iterator[Command]:
    for number, (kind, stage, power) in enumerate(_MACHINES, 1):
        yield RegisterMachinery(
            registration_no=f"DEMO-{number:03d}", kind=kind, emission_stage=stage, power_kw=power,
            fuel="ELECTRIC" if stage == "NO_ENGINE" else "DIESEL", made_on=date(2012 + number, 1, 1),
            model="演示型号（模拟）", owner="演示机主（模拟）", **_BEFORE,
        )  # fmt: skip


def _machines_at_work(chance: random.Random) -> Iterator[Command]:
    for number in range(1, len(_MACHINES) + 1):
        yield MoveMachinery(
            registration_no=f"DEMO-{number:03d}", direction="ENTERED", place_id="演示工地（模拟）",
            lon=round(chance.uniform(115.97, 116.05), 4), lat=round(chance.uniform(29.70, 29.74), 4), **_BEFORE,
        )  # fmt: skip


def _machines_inspected(chance: random.Random) -> Iterator[Command]:
    for number, (_, stage, _) in enumerate(_MACHINES, 1):
        if stage in ("II", "III"):
            opacity = round(chance.uniform(0.3, 1.2), 2)
            yield InspectMachinery(
                registration_no=f"DEMO-{number:03d}", inspected_on=date(2021, 12, 20), opacity_m_1=opacity,
                passed=opacity < 0.8, source=SOURCE, occurred_at=_BEFORE["occurred_at"] + timedelta(hours=1),
            )  # fmt: skip


def _zone() -> Command:
    return DefineLowEmissionZone(
        zone_id="demo-zone", name_zh="演示禁用区（模拟）", name_en="Demo zone (simulated)",
        lons=[115.97, 116.03, 116.03, 115.97], lats=[29.70, 29.70, 29.74, 29.74], minimum_stage="III",
        in_force_from=date(2021, 1, 1), basis="演示通告（模拟）", **_BEFORE,
    )  # fmt: skip


def _accounts() -> Iterator[Command]:
    for person in _PERSONS:
        yield OpenCoinAccount(account_id=person, kind="PERSON", **_BEFORE)
    yield OpenCoinAccount(account_id="demo-shop", kind="MERCHANT", name="演示商户（模拟）", **_BEFORE)


def _actions() -> Iterator[Command]:
    for number, person in enumerate(_PERSONS, 1):
        yield RecordLowCarbonAction(
            action_no=f"{person}-walk", account_id=person, kind="WALKING", amount=8.0 * number, unit="km",
            acted_on=date(2021, 12, 30), evidence="模拟", **_BEFORE,
        )  # fmt: skip


def _payments() -> Iterator[Command]:
    first, second, third = _PERSONS
    yield SpendCoins(
        account_id=first, posting_no="demo-1", merchant_id="demo-shop", coins=10, note="模拟", **_BEFORE
    )
    yield TransferCoins(
        account_id=third, posting_no="demo-1", to_account_id=second, coins=5, note="模拟", **_BEFORE
    )
