"""What the demo's sources of air pollution are and state where no real data exist; all of it says `simulator`."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ingest.observations import Observation
from services.air.catering import CleanPurifier, RegisterCatering, StatePurifier
from services.air.dust import InspectDustMeasures, RegisterDustSource
from services.air.monitors import RegisterSourceMonitor
from services.decider import Command
from services.enforcement.commands import GrantPermit

SOURCE = "simulator"
START = datetime(2022, 1, 2, 16, tzinfo=UTC)  # 00:00 of 3 January in Xunyang
_Spot = tuple[float, float]
_SUBDISTRICTS = ("360403001", "360403002", "360403003")
_SAID: dict[str, Any] = {"source": SOURCE, "occurred_at": datetime(2021, 12, 31, 2, tzinfo=UTC)}
_DUST = (
    ("CONSTRUCTION", "工地", "building site"),
    ("DEMOLITION", "拆迁工地", "demolition"),
    ("STOCKPILE", "堆场", "stockpile"),
)
_HOUSES = (
    ("饭店", "restaurant", 8.0, "静电式"),
    ("小吃店", "snack bar", 2.0, "机械式"),
    ("食堂", "canteen", 4.0, None),
)


def batches(seed: int) -> Sequence[Sequence[Command]]:
    """Commands to be carried out together, one batch behind the other: later ones refer to earlier ones."""
    chance = random.Random(seed)
    spots = [(round(chance.uniform(115.98, 116.07), 4), round(chance.uniform(29.71, 29.74), 4)) for _ in range(7)]
    return [[*_sources(spots)], [*_monitors(spots), *_inspections(), *_purifiers()]]


def observations(seed: int) -> Iterator[Observation]:
    """A day of hours of each monitor; each kind exceeds its limit now and then."""
    chance = random.Random(seed + 2)
    for hour in range(24):
        at, busy = START + timedelta(hours=hour), 8 <= hour < 19
        for number in range(1, len(_DUST) + 1):
            pm10 = 1150 if (number, hour) == (1, 15) else 140 + 180 * busy + chance.gauss(0, 20)
            noise = 61 if (number, hour) == (2, 23) else 48 + 14 * busy + chance.gauss(0, 1.5)
            yield _hour(f"demo-dust-monitor-{number}", at, {"PM10": round(max(pm10, 10)), "Leq": round(noise, 1)})
        for number in range(1, len(_HOUSES) + 1):
            fume = (2.6 if (number, hour) == (1, 18) else 1.2) if hour in (11, 12, 17, 18, 19) else 0.1
            yield _hour(
                f"demo-fume-monitor-{number}", at, {"cooking_fume": round(fume + chance.uniform(0, 0.2), 2)}
            )
        so2 = 58.0 if hour == 10 else 22 + chance.gauss(0, 3)
        stack = {
            "SO2_stack": so2,
            "NOx_stack": 120 + chance.gauss(0, 9),
            "particulate_stack": 9 + chance.gauss(0, 1),
        }
        yield _hour("demo-cems-1", at, {factor: round(value, 1) for factor, value in stack.items()})


def _sources(spots: Sequence[_Spot]) -> Iterator[Command]:
    for number, (dust_kind, zh, en) in enumerate(_DUST, 1):
        yield RegisterDustSource(
            site_id=f"demo-dust-{number}", dust_kind=dust_kind, responsible_body="演示建设单位（模拟）",
            subdistrict_id=_SUBDISTRICTS[number - 1], starts_on=date(2021, 9, 1), ends_on=date(2022, 12, 31),
            area_m2=6000.0 * number, video_urls=[f"https://video.invalid/demo-dust-{number}"],
            **_at(spots[number - 1], zh, en),
        )  # fmt: skip
    for number, (zh, en, stoves, purifier) in enumerate(_HOUSES, 1):
        yield RegisterCatering(
            site_id=f"demo-catering-{number}", stoves=stoves, purifier=purifier,
            purifier_efficiency_percent=None if purifier is None else 80.0,
            subdistrict_id=_SUBDISTRICTS[number - 1],
            last_cleaned_on=None if purifier is None else date(2021, 10 + number, 5),
            **_at(spots[number + 2], zh, en),
        )  # fmt: skip
    yield GrantPermit(
        permit_no="demo-permit-stack", enterprise_id="demo-chemical", management="KEY", valid_from=date(2021, 1, 1),
        valid_until=date(2025, 12, 31), factors=["SO2_stack", "NOx_stack", "particulate_stack"],
        limits=[35.0, 150.0, 20.0], **_SAID,
    )  # fmt: skip


def _monitors(spots: Sequence[_Spot]) -> Iterator[Command]:
    for number in range(1, len(_DUST) + 1):
        yield RegisterSourceMonitor(
            site_id=f"demo-dust-monitor-{number}", watches="DUST_SOURCE", source_id=f"demo-dust-{number}",
            **_at(spots[number - 1], "扬尘监测仪", "dust monitor"),
        )  # fmt: skip
    for number in range(1, len(_HOUSES) + 1):
        yield RegisterSourceMonitor(
            site_id=f"demo-fume-monitor-{number}", watches="CATERING", source_id=f"demo-catering-{number}",
            **_at(spots[number + 2], "油烟监测仪", "fume monitor"),
        )  # fmt: skip
    yield RegisterSourceMonitor(
        site_id="demo-cems-1", watches="STACK", source_id="demo-chemical", stack_no="DA001",
        standard="GB 13271-2014", scope="锅炉 新建", level="燃气",
        **_at(spots[6], "烟气在线监测", "stack monitor"),
    )  # fmt: skip


def _inspections() -> Iterator[Command]:
    for number in range(1, len(_DUST) + 1):
        yield InspectDustMeasures(
            site_id=f"demo-dust-{number}", inspected_at=_SAID["occurred_at"], inspectors=["演示甲", "演示乙"],
            fencing=True, covering=number != 2, vehicle_washing=True, hardened_ground=True, wet_work=number == 1,
            closed_transport=True, remark="模拟检查", **_SAID,
        )  # fmt: skip


def _purifiers() -> Iterator[Command]:
    """A day of hours: at the second house the fan runs without the purifier at noon."""
    for hour in range(24):
        at, cooking = START + timedelta(hours=hour), hour in (11, 12, 17, 18, 19)
        for number in (1, 2):
            yield StatePurifier(
                catering_id=f"demo-catering-{number}", stated_at=at, fan_on=cooking,
                purifier_on=cooking and (number, hour) not in ((2, 11), (2, 12)), source=SOURCE, occurred_at=at,
            )  # fmt: skip
    yield CleanPurifier(
        catering_id="demo-catering-1", cleaned_on=date(2021, 12, 30), cleaned_by="演示清洗公司（模拟）", **_SAID
    )


def _hour(site_id: str, at: datetime, values: dict[str, float]) -> Observation:
    return Observation(site_id, "HOUR", at, {factor: (value, "") for factor, value in values.items()}, SOURCE)


def _at(spot: _Spot, zh: str, en: str) -> dict[str, Any]:
    return {
        "name_zh": f"演示{zh}（模拟）",
        "name_en": f"Demo {en} (simulated)",
        "lon": spot[0],
        "lat": spot[1],
        "position_source": "simulated, somewhere in the district",
        **_SAID,
    }
