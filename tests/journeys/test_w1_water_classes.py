"""W1: sections, lakes and outfalls are sampled; classes and what exceeds them reach the manager and the map."""

from typing import Any

import pytest

from ingest.hj212.frame import frame
from tests.journeys.house import MANAGER, House

MN = "010000A8900016F000169DB1"
GOOD = {"pH": 7.5, "DO": 8.1, "CODMn": 1.8, "NH3-N": 0.12, "TP": 0.08, "COD": 14.0}
SPAN = 'since: "2026-05-01T00:00:00Z", until: "2026-06-01T00:00:00Z"'


@pytest.fixture(scope="module")
def waters(house: House) -> House:
    house.place("registerRiver", "yangtze")
    house.place("registerLake", "lake", targetClass=3)
    for code, target in (("intake", 2), ("bridge", 3)):
        house.place("registerSection", code, waterBodyId="yangtze", waterBodyKind="RIVER", targetClass=target)
    return house


def assessed(house: House, site: str, columns: str) -> list[tuple[Any, ...]]:
    return house.rows(f'waterAssessments({SPAN}, siteId: "{site}")', columns, MANAGER)


def test_the_worst_item_decides_and_the_map_shows_the_latest(waters: House) -> None:
    waters.hears("intake", "2026-05-01T00:00:00Z", GOOD)
    # GB 3838-2002 Table 1: TP 0.08 lies between 0.02 and 0.1 of rivers: class Ⅱ; all else is class Ⅰ
    assert assessed(waters, "intake", "class decidingItems meetsTarget") == [(2, ["TP"], True)]
    assert waters.map("surface-water")["intake"]["class"] == 2
    waters.hears("intake", "2026-05-01T04:00:00Z", {**GOOD, "NH3-N": 2.0, "COD": 45.0})
    columns = "class decidingItems mainPollutants exceedances { factor class exceededBy } meetsTarget"
    *_, latest = assessed(waters, "intake", columns)
    # COD 45 is beyond Ⅴ (40), (45 - 20) / 20 = 1.25; NH3-N of 2.0 is on the limit of Ⅴ, (2.0 - 1.0) / 1.0 = 1
    assert latest == (
        6, ["COD"], ["COD", "NH3-N"],
        [{"factor": "COD", "class": 6, "exceededBy": 1.25}, {"factor": "NH3-N", "class": 5, "exceededBy": 1.0}],
        False,
    )  # fmt: skip
    shown = waters.map("surface-water")["intake"]
    assert (shown["class"], shown["meets_target"], shown["deciding_items"]) == (6, False, ["COD"])


def test_a_lake_has_limits_of_its_own_for_phosphorus(waters: House) -> None:
    waters.hears("lake", "2026-05-01T00:00:00Z", GOOD)
    # GB 3838-2002 Table 1: TP of lakes 0.05 (Ⅲ), 0.1 (Ⅳ): 0.08 is class Ⅳ; (0.08 - 0.05) / 0.05 = 0.6
    columns = "class decidingItems exceedances { exceededBy }"
    assert assessed(waters, "lake", columns) == [(4, ["TP"], [{"exceededBy": 0.6}])]


def test_an_automatic_station_speaks_hj212_and_a_correction_changes_the_class(waters: House) -> None:
    waters.does(
        "registerDevice", mn=MN, siteId="bridge", siteKind="SECTION", password="123456", unitProfile="STANDARD"
    )
    said = "DataTime=20260502080000;w01018-Avg={},w01018-Flag=N;w21003-Avg=0.12,w21003-Flag=N;w01001-Avg=7.5"
    sent = [
        frame(f"QN=1;ST=21;CN=2061;PW=123456;MN={MN};Flag=5;CP=&&{said.format(cod)}&&".encode()) for cod in (35, 18)
    ]
    assert waters.frames(sent[0], answered=1).count(b"CN=9014") == 1
    # 08:00 in Xunyang is 00:00 UTC. COD 35 lies between 30 (Ⅳ) and 40 (Ⅴ)
    assert assessed(waters, "bridge", "observedAt class meetsTarget") == [("2026-05-02T00:00:00+00:00", 5, False)]
    waters.frames(sent[1], answered=1)
    # 18 lies between 15 (Ⅰ and Ⅱ) and 20 (Ⅲ): class Ⅲ
    assert assessed(waters, "bridge", "class meetsTarget") == [(3, True)]


def test_below_detection_half_the_limit_counts_and_is_told(waters: House) -> None:
    waters.place("registerSection", "clear", waterBodyId="yangtze", waterBodyKind="RIVER")
    waters.hears("clear", "2026-05-03T00:00:00Z", {"TP": 0.03, "COD": 10.0}, marks={"TP": "<"})
    # 环办〔2011〕22号: half of 0.03 is 0.015, within class Ⅰ (0.02); 0.03 itself would be class Ⅱ
    assert assessed(waters, "clear", "class belowDetection") == [(1, ["TP"])]


def test_the_sampling_of_an_outfall_is_no_class_and_a_stranger_s_is_refused(waters: House) -> None:
    waters.place("registerOutfall", "pipe", waterBodyId="yangtze")
    waters.hears("pipe", "2026-05-03T00:00:00Z", GOOD)
    assert assessed(waters, "pipe", "class") == []
    lost = {"site_id": "moon", "period": "HOUR", "observed_at": "2026-05-03T00:00:00Z"}
    answer = waters.posts({**lost, "readings": [{"factor": "COD", "value": 1.0}]})
    assert [each["code"] for each in answer["refused"]] == ["unknown_site"]


def test_an_impossible_acidity_is_barred_and_decides_nothing(waters: House) -> None:
    waters.place("registerSection", "odd", waterBodyId="yangtze", waterBodyKind="RIVER")
    waters.hears("odd", "2026-05-04T00:00:00Z", {"pH": 14.2, "COD": 10.0})
    # pH 14.2 is no pH: it is barred by a check, and what is left is class Ⅰ
    assert assessed(waters, "odd", "class items") == [(1, 1)]
