"""What the demo's water register and reports hold where no real data exist; all of it says `simulator`."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ingest.observations import Observation
from services.decider import Command
from services.water.ecology import (
    RecordEcologicalSurvey,
    RegisterShorelineUse,
    RegisterUrbanWater,
    ReportUrbanWaterState,
)
from services.water.network import RegisterConnection
from services.water.outfalls import RegisterOutfall, ReportOutfallTask
from services.water.sewage import RegisterPlant, RegisterSewer, ReportPlantLoad, ReportSewageDischarge
from services.water.ships import DisposeShipWaste, ReceiveShipWaste, TransferShipWaste

SOURCE = "simulator"
OUTFALLS = 8
_MONTHS = (date(2021, 11, 1), date(2021, 12, 1))
_SUBDISTRICTS = ("360403001", "360403002")
_LAKES = ("gantang-lake", "nanmen-lake", "baishui-lake", "pipa-lake")
_SAID: dict[str, Any] = {"source": SOURCE, "occurred_at": datetime(2021, 12, 31, 2, tzinfo=UTC)}


def batches(seed: int) -> Sequence[Sequence[Command]]:
    """Commands to be carried out together, one batch behind the other: later ones refer to earlier ones."""
    chance = random.Random(seed)
    codes = [f"demo-outfall-{number:02d}" for number in range(1, OUTFALLS + 1)]
    return [
        [*_places(chance), *(_outfall(chance, code) for code in codes)],
        [*_connections(codes), *_reports(), *(_task(code, "SCREENING", "DONE") for code in codes)],
        [_ship_transferred("demo-ship-1"), _ship_transferred("demo-ship-2"), *map(_traced, codes[:6])],
        [_disposed(), *(_remedy(code, "DONE" if code in codes[:3] else "UNDER_WAY") for code in codes[:5])],
    ]


def observations(seed: int) -> Iterator[Observation]:
    """Three months of lakes, sampled once a month, and a day of each outfall; one of them beyond its limit."""
    chance = random.Random(seed + 1)
    for month in range(3):
        for number, lake in enumerate(_LAKES):
            load = 1.4 + 0.35 * number + 0.15 * month + chance.uniform(-0.1, 0.1)
            yield _day(lake, datetime(2021, 10 + month, 9, 16, tzinfo=UTC), {
                "pH": 7.8, "DO": round(9.6 - load, 1), "CODMn": round(2.1 * load, 1),
                "NH3-N": round(0.12 * load, 2), "TP": round(0.03 * load, 3), "TN": round(0.7 * load, 2),
                "chla": round(6 * load**1.5, 1), "SD": round(1.5 / load, 2),
            })  # fmt: skip
    for number in range(1, OUTFALLS + 1):
        cod = 62.0 if number == 2 else round(chance.uniform(20, 45), 1)
        values = {"COD": cod, "NH3-N": round(chance.uniform(0.5, 4), 2), "water_temp": 13.0, "pH": 7.2}
        yield _day(f"demo-outfall-{number:02d}", datetime(2022, 1, 2, 16, tzinfo=UTC), values)


def _day(site_id: str, at: datetime, values: dict[str, float]) -> Observation:
    return Observation(site_id, "DAY", at, {factor: (value, "") for factor, value in values.items()}, SOURCE)


def _somewhere(chance: random.Random, zh: str, en: str) -> dict[str, Any]:
    return {
        "name_zh": f"演示{zh}（模拟）",
        "name_en": f"Demo {en} (simulated)",
        "lon": round(chance.uniform(115.98, 116.07), 4),
        "lat": round(chance.uniform(29.71, 29.74), 4),
        "position_source": "simulated, somewhere in the district",
        **_SAID,
    }


def _places(chance: random.Random) -> Iterator[Command]:
    yield RegisterSewer(
        site_id="demo-sewer", sewer_system="SEPARATE_FOUL", length_km=3.2, **_somewhere(chance, "污水管", "sewer")
    )
    plant = _somewhere(chance, "污水厂", "sewage plant")
    yield RegisterPlant(site_id="demo-plant", capacity_m3_d=15000.0, process="A²/O", **plant)
    yield RegisterUrbanWater(site_id="demo-ditch", length_m=650.0, **_somewhere(chance, "沟渠", "ditch"))
    yield RegisterUrbanWater(site_id="demo-pond", area_m2=5800.0, **_somewhere(chance, "水塘", "pond"))
    yield RegisterShorelineUse(
        site_id="demo-wharf", water_body_id="yangtze", used_by="演示码头公司（模拟）", purpose="码头", state="IDLE",
        length_m=120.0, **_somewhere(chance, "码头", "wharf"),
    )  # fmt: skip
    for number in range(1, 4):
        yield ReceiveShipWaste(
            receipt_no=f"demo-ship-{number}", ship_name=f"演示货船{number}（模拟）", pollutant="OILY_WATER",
            quantity=4.0 * number, unit="m3", receiver="演示港务（模拟）",
            transfer_due_on=date(2022, 1, 2 * number), disposal_due_on=date(2022, 1, 20), **_SAID,
        )  # fmt: skip


def _outfall(chance: random.Random, code: str) -> Command:
    number = code[-2:]
    along = 0.0105 * int(number)  # degrees along the bank
    bank = {"lon": round(115.972 + along, 4), "lat": round(29.735 + 0.21 * along, 4)}
    return RegisterOutfall(
        site_id=code, water_body_id="yangtze", category="SEWAGE_PLANT", discharge_standard="GB 18918-2002",
        discharge_level="一级A", built_on=date(2017, 6, 1),
        **{**_somewhere(chance, f"排污口{number}", f"outfall {number}"), **bank},
    )  # fmt: skip


def _connections(codes: Sequence[str]) -> Iterator[Command]:
    ways = [
        ("enterprise/demo-coating", "sewer/demo-sewer", "SEWAGE", 0.8, None),
        ("sewer/demo-sewer", "plant/demo-plant", "SEWAGE", 3.2, None),
        ("plant/demo-plant", f"outfall/{codes[0]}", "EFFLUENT", 0.4, None),
        *(
            (f"outfall/{code}", "river/yangtze", "EFFLUENT", 0.0, round(4.2 + 0.73 * n, 2))
            for n, code in enumerate(codes)
        ),
    ]
    for start, end, medium, length_km, enters_at_km in ways:
        (from_kind, from_id), (to_kind, to_id) = start.split("/"), end.split("/")
        yield RegisterConnection(
            connection_id=f"{from_id}-{to_id}", from_kind=from_kind, from_id=from_id, to_kind=to_kind, to_id=to_id,
            medium=medium, length_km=length_km, enters_at_km=enters_at_km, **_SAID,
        )  # fmt: skip


def _reports() -> Iterator[Command]:
    for month in _MONTHS:
        yield ReportPlantLoad(
            plant_id="demo-plant", month=month, inflow_m3=372000.0, treated_m3=365000.0, inflow_bod5_mg_l=95.0,
            inflow_cod_mg_l=210.0, outflow_cod_mg_l=28.0, sludge_t=190.0, **_SAID,
        )  # fmt: skip
        for area in _SUBDISTRICTS:
            yield ReportSewageDischarge(area_id=area, month=month, people=16000, discharged_m3=200000.0, **_SAID)
    yield RecordEcologicalSurvey(
        survey_id="demo-survey-1", site_id="gantang-lake", site_kind="lake", surveyed_on=date(2021, 10, 12),
        taxon_group="FISH", species=["Carassius auratus", "Hypophthalmichthys molitrix", "Hemiculter leucisculus"],
        counts=[34, 12, 61], habitat_score=58.0, habitat="硬质护岸（模拟）",
        method="gill nets (simulated)", **_SAID,
    )  # fmt: skip
    yield ReportUrbanWaterState(site_id="demo-ditch", state="BLACK_ODOROUS", grade="LIGHT", reason="模拟", **_SAID)
    yield ReportUrbanWaterState(site_id="demo-pond", state="NOT_BLACK", reason="模拟", **_SAID)


def _task(code: str, task: str, state: str, **more: Any) -> ReportOutfallTask:
    return ReportOutfallTask(site_id=code, task=task, state=state, **more, **_SAID)


def _traced(code: str) -> Command:
    traced_to = ["demo-plant"] if code.endswith("01") else []
    return _task(code, "TRACING", "DONE", responsible_body="演示单位（模拟）", traced_to=traced_to)


def _remedy(code: str, state: str) -> Command:
    return _task(code, "REMEDY", state, measure="STANDARDISE", due_on=date(2022, 6, 30))


def _ship_transferred(receipt_no: str) -> Command:
    quantity = 4.0 * int(receipt_no[-1])
    return TransferShipWaste(
        receipt_no=receipt_no, carrier="演示运输（模拟）", disposer="演示处置（模拟）", quantity=quantity,
        source=SOURCE, occurred_at=_SAID["occurred_at"] + timedelta(hours=30),
    )  # fmt: skip


def _disposed() -> Command:
    return DisposeShipWaste(
        receipt_no="demo-ship-1", disposer="演示处置（模拟）", method="焚烧（模拟）", quantity=4.0, source=SOURCE,
        occurred_at=_SAID["occurred_at"] + timedelta(hours=60),
    )  # fmt: skip
