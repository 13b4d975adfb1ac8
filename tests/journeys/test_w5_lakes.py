"""W5: a lake's trophic index by its five items, from a sampling to the manager's client."""

import math
from typing import Any

import pytest

from tests.journeys.house import MANAGER, House

REGULATION = {
    "chla": (2.5, 1.086, 1.0), "TP": (9.436, 1.624, 0.84), "TN": (5.453, 1.694, 0.82), "SD": (5.118, -1.94, -0.83),
    "CODMn": (0.109, 2.661, 0.83),
}  # fmt: skip
"""总站生字〔2001〕090号: constant, slope and correlation with chlorophyll a of each item."""

SPAN = 'since: "2026-01-01T00:00:00Z", until: "2026-12-01T00:00:00Z"'
CLEAR = {"chla": 10.0, "TP": 0.05, "TN": 1.0, "SD": 1.0, "CODMn": 4.0}
GREEN = {"chla": 30.0, "TP": 0.12, "TN": 2.0, "SD": 0.6, "CODMn": 6.0}


def tli(values: dict[str, float]) -> float:
    """TLI(Σ) = Σ r² · 10 (a + b ln x) / Σ r², as the regulation words it."""
    weights = {item: r * r for item, (_, _, r) in REGULATION.items()}
    parts = {item: 10 * (a + b * math.log(values[item])) for item, (a, b, _) in REGULATION.items()}
    return sum(weights[item] * parts[item] for item in parts) / sum(weights.values())


@pytest.fixture(scope="module")
def lakes(house: House) -> House:
    house.place("registerLake", "gantang", "bali", "nanmen", targetClass=3)
    return house


def samples(house: House, lake: str, day: str, values: dict[str, float], **more: Any) -> None:
    house.hears(lake, f"{day}T00:00:00+08:00", values, period="DAY", **more)


def states(house: House, lake: str, span: str = "DAY", columns: str = "tli class nameZh") -> list[tuple[Any, ...]]:
    return house.rows(f'trophicStates({SPAN}, siteId: "{lake}", span: "{span}")', columns, MANAGER)


def test_the_index_is_the_regulation_s(lakes: House) -> None:
    samples(lakes, "gantang", "2026-03-03", CLEAR)
    samples(lakes, "gantang", "2026-04-03", GREEN)
    # 48.018: 30 to 50 is 中营养; 59.765: above 50 to 60 is 轻度富营养
    assert states(lakes, "gantang") == [
        (pytest.approx(tli(CLEAR), abs=1e-4), 2, "中营养"),
        (pytest.approx(tli(GREEN), abs=1e-4), 3, "轻度富营养"),
    ]
    assert tli(CLEAR) == pytest.approx(48.0181, abs=1e-3)


def test_a_sampling_that_lacks_one_of_five_has_no_index_and_a_month_its_mean(lakes: House) -> None:
    samples(lakes, "bali", "2026-03-03", CLEAR)
    samples(lakes, "bali", "2026-03-13", {**CLEAR, "chla": 20.0})
    samples(lakes, "bali", "2026-03-23", {item: value for item, value in GREEN.items() if item != "SD"})
    assert len(states(lakes, "bali")) == 2
    # the month's means: chlorophyll a of (10 + 20 + 30) / 3, Secchi depth of two samplings only
    mean = {
        "chla": 20.0, "TP": (0.05 + 0.05 + 0.12) / 3, "TN": (1.0 + 1.0 + 2.0) / 3, "SD": 1.0,
        "CODMn": (4.0 + 4.0 + 6.0) / 3,
    }  # fmt: skip
    ((found, klass, _),) = states(lakes, "bali", "MONTH")
    assert found == pytest.approx(tli(mean), abs=1e-3)
    assert klass == (2 if tli(mean) <= 50 else 3)


def test_a_corrected_item_changes_the_index_and_the_class(lakes: House) -> None:
    severe = {"chla": 200.0, "TP": 0.5, "TN": 6.0, "SD": 0.2, "CODMn": 15.0}
    samples(lakes, "nanmen", "2026-05-03", severe)
    assert tli(severe) > 70
    assert states(lakes, "nanmen")[0][1:] == (5, "重度富营养")
    # chlorophyll a was written in µg/m³: 0.2 mg/m³, and with it the whole index falls
    mended = {**severe, "chla": 20.0}
    samples(lakes, "nanmen", "2026-05-03", mended)
    assert states(lakes, "nanmen")[0][0] == pytest.approx(tli(mended), abs=1e-4)
    assert states(lakes, "nanmen")[0][1] == (4 if tli(mended) <= 70 else 5)
    marked = dict.fromkeys(severe, "D")
    samples(lakes, "nanmen", "2026-05-03", severe, marks=marked)
    assert states(lakes, "nanmen") == []


def test_each_item_says_its_own_index(lakes: House) -> None:
    samples(
        lakes, "gantang", "2026-06-03", {**CLEAR, "chla": 1.0, "TP": 0.003, "TN": 0.04, "SD": 9.0, "CODMn": 0.7}
    )
    rows = states(lakes, "gantang", columns="startsAt class items { factor tli }")
    (_, klass, items), *_ = [row for row in rows if row[0].startswith("2026-06-02")]
    found = {item["factor"]: item["tli"] for item in items}
    assert klass == 1  # below 30: 贫营养
    assert found["chla"] == 25.0  # 10 × (2.5 + 1.086 × ln 1)
    assert found["TP"] == pytest.approx(10 * (9.436 + 1.624 * math.log(0.003)), abs=1e-4)


def test_a_section_has_no_trophic_index(lakes: House) -> None:
    lakes.place("registerRiver", "yangtze")
    lakes.place("registerSection", "bridge", waterBodyId="yangtze", waterBodyKind="RIVER")
    samples(lakes, "bridge", "2026-03-03", GREEN)
    assert states(lakes, "bridge") == []
    assert lakes.refuses("registerLake", siteId="bad", nameZh="x", nameEn="x", positionSource="x", targetClass=6)
