"""A seeded simulator for streams of which no real data exist; all that it says has the source `simulator`."""

import math
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ingest.observations import Observation
from services.decider import Command, Refused
from services.enforcement.commands import (
    CloseCase,
    DecideCase,
    FileCase,
    FulfilCase,
    GrantPermit,
    InvestigateCase,
    NotifyCase,
    RecordInspection,
    RegisterEnterprise,
)
from services.handler import Accepted, Handler
from services.risk.commands import (
    CloseIncident,
    EscalateIncident,
    RegisterReceptor,
    RegisterRiskSource,
    ReportIncident,
)
from services.soil.commands import (
    DeliverManifest,
    IssueManifest,
    LoadManifest,
    ReceiveManifest,
    RegisterParcel,
    RegisterWell,
)

SOURCE = "simulator"
START = datetime(2022, 1, 2, 16, tzinfo=UTC)  # 00:00 of 3 January in Xunyang
HOURS = 48
_POSITION = "simulated, somewhere in the district"

SUBDISTRICT_STATIONS = ("penpu", "gantang", "renminlu", "baishuihu", "jinjipo")
LAKES = ("gantang-lake", "nanmen-lake", "baishui-lake", "pipa-lake")
OUTFALLS = ("hedong", "guodian", "petrochemical", "laoguantang", "lushanlu")


def observations(seed: int) -> Iterator[Observation]:
    """48 hours of the five subdistrict stations, and samples of the ten water sites every four hours."""
    chance = random.Random(seed)
    for hour in range(HOURS):
        at = START + timedelta(hours=hour)
        for station in SUBDISTRICT_STATIONS:
            yield _observation(f"xunyang-air-{station}", "HOUR", at, _air(chance, hour))
        if hour % 4 == 0:
            yield _observation("hedong-intake", "HOUR", at, _water(chance, 1.0, lake=False))
            for number, lake in enumerate(LAKES):
                yield _observation(lake, "HOUR", at, _water(chance, 1.6 + 0.4 * number, lake=True))
            for number, outfall in enumerate(OUTFALLS):
                yield _observation(f"outfall-{outfall}", "HOUR", at, _discharge(chance, 1 + 0.3 * number))


def play(handler: Handler, commands: Sequence[Command]) -> int:
    """Carry out commands one after another; returns how many recorded something.

    A step that was taken in an earlier run is passed over, so a demo can be started again on its data.
    """
    recorded = 0
    for command in commands:
        try:
            recorded += len(handler.handle(command).event_ids) > 0
        except Refused as refusal:
            if refusal.code != "illegal_step":
                raise
    return recorded


def play_together(handler: Handler, batches: Sequence[Sequence[Command]]) -> int:
    """Carry out batches of commands, each with one append; returns how many recorded something. As `play` else."""
    recorded = 0
    for batch in batches:
        for outcome in handler.handle_all(batch):
            if isinstance(outcome, Accepted):
                recorded += len(outcome.event_ids) > 0
            elif not (isinstance(outcome, Refused) and outcome.code in ("illegal_step", "step_back")):
                raise outcome
    return recorded


def commands(seed: int) -> list[Command]:
    """Enterprises with permits, wells and parcels, manifests, risk sources, incidents and cases."""
    chance = random.Random(seed)
    return [*_enterprises(chance), *_soil(chance), *_manifests(chance), *_risk(chance), *_cases(chance)]


def _observation(site_id: str, period: str, at: datetime, values: dict[str, float]) -> Observation:
    return Observation(site_id, period, at, {factor: (value, "") for factor, value in values.items()}, SOURCE)


def _air(chance: random.Random, hour: int) -> dict[str, float]:
    noon = math.cos((hour % 24 - 14) / 24 * 2 * math.pi)
    pm25 = 95 + 15 * math.sin(hour / 7) + chance.gauss(0, 8)
    return {
        "PM2.5": round(max(pm25, 5)),
        "PM10": round(max(pm25 * 1.35 + chance.gauss(0, 10), 8)),
        "O3": round(max(40 + 32 * noon + chance.gauss(0, 5), 2)),
        "temperature": round(7 + 4 * noon + chance.gauss(0, 0.4), 1),
        "humidity": round(min(max(68 - 15 * noon + chance.gauss(0, 3), 20), 100)),
        "pressure": round(1026 - hour / 12 + chance.gauss(0, 0.3), 1),
        "wind_speed": round(abs(chance.gauss(1.4, 0.6)), 1),
        "wind_direction": round(chance.uniform(20, 80)),
    }


def _water(chance: random.Random, load: float, *, lake: bool) -> dict[str, float]:
    values = {
        "water_temp": round(9 + chance.gauss(0, 0.5), 1),
        "pH": round(7.7 + chance.gauss(0, 0.1), 2),
        "DO": round(max(9.5 - load + chance.gauss(0, 0.3), 1), 2),
        "CODMn": round(1.5 * load + abs(chance.gauss(0, 0.2)), 1),
        "NH3-N": round(0.11 * load + abs(chance.gauss(0, 0.02)), 2),
        "TP": round((0.025 if lake else 0.05) * load + abs(chance.gauss(0, 0.004)), 3),
        "turbidity": round(12 * load + abs(chance.gauss(0, 2)), 1),
    }
    lake_only = {"TN": round(0.8 * load, 2), "chla": round(6 * load**1.5, 1), "SD": round(1.6 / load, 2)}
    return {**values, **lake_only} if lake else values


def _discharge(chance: random.Random, load: float) -> dict[str, float]:
    return {
        "pH": round(7.3 + chance.gauss(0, 0.1), 2),
        "COD": round(18 * load + abs(chance.gauss(0, 2)), 1),
        "NH3-N": round(1.1 * load + abs(chance.gauss(0, 0.2)), 2),
        "TP": round(0.18 * load + abs(chance.gauss(0, 0.03)), 2),
    }


def _somewhere(chance: random.Random) -> dict[str, Any]:
    return {
        "lon": round(chance.uniform(115.97, 116.075), 4),
        "lat": round(chance.uniform(29.705, 29.745), 4),
        "position_quality": "APPROXIMATE",
        "position_source": _POSITION,
        "source": SOURCE,
    }


_ENTERPRISES = (
    ("demo-coating", "演示涂装厂（模拟）", "Demo coating works (simulated)", "surface coating"),
    ("demo-chemical", "演示化工厂（模拟）", "Demo chemical plant (simulated)", "chemicals"),
    ("demo-hospital", "演示医院（模拟）", "Demo hospital (simulated)", "health care"),
    ("demo-carrier", "演示危运公司（模拟）", "Demo hazardous-goods carrier (simulated)", "transport"),
    ("demo-disposal", "演示处置中心（模拟）", "Demo disposal centre (simulated)", "waste disposal"),
)


def _enterprises(chance: random.Random) -> Iterator[Command]:
    for site_id, name_zh, name_en, industry in _ENTERPRISES:
        place = _somewhere(chance)
        yield RegisterEnterprise(site_id=site_id, name_zh=name_zh, name_en=name_en, industry=industry, **place)
    for number, holder in enumerate(("demo-coating", "demo-chemical"), 1):
        yield GrantPermit(
            permit_no=f"demo-permit-{number}",
            enterprise_id=holder,
            management="KEY",
            valid_from=date(2021, 1, 1),
            valid_until=date(2025, 12, 31),
            factors=["COD", "NH3-N"],
            limits=[100.0, 15.0],
            source=SOURCE,
            occurred_at=START - timedelta(days=365),
        )


def _soil(chance: random.Random) -> Iterator[Command]:
    yield RegisterWell(
        site_id="demo-well-1", name_zh="演示监测井（模拟）", name_en="Demo well (simulated)", depth_m=18.0,
        **_somewhere(chance),
    )  # fmt: skip
    yield RegisterParcel(
        site_id="demo-parcel-1", name_zh="演示地块（模拟）", name_en="Demo parcel (simulated)",
        land_use="SECOND_CLASS", area_m2=12000.0, **_somewhere(chance),
    )  # fmt: skip


def _manifests(chance: random.Random) -> Iterator[Command]:
    """Six manifests, the first ones each one step further than the one before."""
    for number in range(6):
        no, begun = f"20223604{number + 1:06d}", 5 * number
        tonnes, plate = round(chance.uniform(0.5, 6), 2), f"赣G·演示{number + 1}"
        steps: list[Command] = [
            IssueManifest(
                manifest_no=no, generator_id=("demo-coating", "demo-chemical")[number % 2],
                carrier_id="demo-carrier", receiver_id="demo-disposal", waste_category="HW12",
                waste_code="900-252-12", waste_name="废漆渣（模拟）", hazards=["T", "I"], form="SEMISOLID",
                packages=4 + number, quantity_t=tonnes, **_said(begun),
            ),
            LoadManifest(manifest_no=no, vehicle_plate=plate, quantity_t=tonnes, **_said(begun + 1)),
            DeliverManifest(manifest_no=no, vehicle_plate=plate, **_said(begun + 4)),
            ReceiveManifest(manifest_no=no, decision="ACCEPTED", quantity_t=tonnes, **_said(begun + 5)),
        ]  # fmt: skip
        yield from steps[: min(number + 1, 4)]


def _risk(chance: random.Random) -> Iterator[Command]:
    yield RegisterRiskSource(
        site_id="demo-tank-farm", name_zh="演示储罐区（模拟）", name_en="Demo tank farm (simulated)",
        enterprise_id="demo-chemical", substances=["苯", "甲苯"], quantities_t=[20.0, 35.0],
        **_somewhere(chance),
    )  # fmt: skip
    yield RegisterReceptor(
        site_id="demo-school", name_zh="演示小学（模拟）", name_en="Demo school (simulated)", category="SCHOOL",
        people=900, **_somewhere(chance),
    )  # fmt: skip
    for number, hour in enumerate((9, 30), 1):
        yield ReportIncident(
            incident_id=f"demo-incident-{number}", title_zh=f"演示泄漏事件{number}（模拟）",
            title_en=f"Demo spill {number} (simulated)", level=4, reported_by="simulator", lon=116.05, lat=29.74,
            site_id="demo-tank-farm", substance="甲苯", **_said(hour),
        )  # fmt: skip
    first = "demo-incident-1"
    yield EscalateIncident(incident_id=first, level=3, reason="进入雨水管网（模拟）", **_said(11))
    yield CloseIncident(incident_id=first, conclusion="已围堵回收（模拟）", **_said(20))


def _cases(chance: random.Random) -> Iterator[Command]:
    """A case that was closed, and one that is under investigation."""
    party = "demo-coating"
    for number, steps_taken in ((1, 6), (2, 2)):
        case, inspection = f"demo-case-{number}", f"demo-inspection-{number}"
        begun = chance.randint(2, 6)
        yield RecordInspection(
            inspection_id=inspection, enterprise_id=party, inspectors=["演示甲", "演示乙"], violation=True,
            findings="涂装废气未收集（模拟）", **_said(begun),
        )  # fmt: skip
        steps: list[Command] = [
            FileCase(
                case_id=case, enterprise_id=party, inspection_id=inspection, cause="有机废气未收集（模拟）",
                legal_basis="大气污染防治法 art. 108", **_said(begun + 3),
            ),
            InvestigateCase(case_id=case, conclusion="事实清楚（模拟）", **_said(begun + 8)),
            NotifyCase(case_id=case, intended_fine_yuan=20000, **_said(begun + 12)),
            DecideCase(
                case_id=case, decision="PENALTY", decision_no=f"演示罚〔2022〕{number}号", fine_yuan=20000,
                **_said(begun + 24),
            ),
            FulfilCase(case_id=case, paid_yuan=20000, **_said(begun + 30)),
            CloseCase(case_id=case, reason="已缴清（模拟）", **_said(begun + 36)),
        ]  # fmt: skip
        yield from steps[:steps_taken]


def _said(hours: float) -> dict[str, Any]:
    """Said by the simulator, so many hours after the demo's start."""
    return {"source": SOURCE, "occurred_at": START + timedelta(hours=hours)}
