"""W6: plants and subdistricts report their months; rates of collection and treatment follow, and indicator 18."""

from typing import Any

import pytest

from tests.journeys.house import House

YEAR = '(since: "2026-01-01", until: "2026-12-31")'


@pytest.fixture(scope="module")
def works(house: House) -> House:
    house.place("registerPlant", "north", capacityM3D=10000.0)
    house.place("registerPlant", "south")
    house.place("registerSubdistrict", "360403001", "360403002")
    return house


def load(house: House, plant: str, month: str, inflow: float, treated: float, **more: Any) -> None:
    given = {"plantId": plant, "month": f"2026-{month}-01", "inflowM3": inflow, "treatedM3": treated}
    house.does("reportPlantLoad", **given, **more)


def discharge(house: House, month: str, people: int, cubic_metres: float, area: str = "360403001") -> None:
    given = {"areaId": area, "month": f"2026-{month}-01", "people": people, "dischargedM3": cubic_metres}
    house.does("reportSewageDischarge", **given)


def rates(house: House, month: str) -> tuple[Any, ...]:
    columns = "month people plants bod5T collectionRate treatmentRate simulated"
    (found,) = [row[1:] for row in house.rows(f"sewageRates{YEAR}", columns) if row[0] == f"2026-{month}-01"]
    return tuple(found)


def test_what_people_discharge_is_set_beside_what_plants_take_in(works: House) -> None:
    load(works, "north", "01", 250_000.0, 250_000.0, inflowBod5MgL=120.0)
    load(works, "south", "01", 100_000.0, 90_000.0, inflowBod5MgL=90.0)
    discharge(works, "01", 25_000, 300_000.0)
    discharge(works, "01", 10_000, 100_000.0, "360403002")
    # BOD5 in: 250,000 m³ × 120 g + 100,000 × 90 = 39 t; people's: 35,000 × 45 g × 31 days = 48.825 t, so 79.9 %;
    # treated: 340,000 of 400,000 m³
    assert rates(works, "01") == (35_000.0, 2, 39.0, 79.9, 85.0, False)


def test_a_february_has_its_own_days_and_no_rate_is_above_a_hundred(works: House) -> None:
    load(works, "north", "02", 280_000.0, 280_000.0, inflowBod5MgL=150.0)
    discharge(works, "02", 20_000, 150_000.0)
    assert rates(works, "02")[3:5] == (None, None)  # one of two subdistricts is not the district
    discharge(works, "02", 10_000, 100_000.0, "360403002")
    # 42 t of 30,000 × 45 g × 28 days = 37.8 t, and 280,000 of 250,000 m³: rain and groundwater come in too
    assert rates(works, "02") == (30_000.0, 1, 42.0, 100.0, 100.0, False)


def test_a_month_whose_bod_one_plant_did_not_state_has_no_collection_rate(works: House) -> None:
    load(works, "north", "03", 250_000.0, 200_000.0, inflowBod5MgL=120.0)
    load(works, "south", "03", 100_000.0, 100_000.0)
    discharge(works, "03", 20_000, 300_000.0)
    discharge(works, "03", 10_000, 100_000.0, "360403002")
    assert rates(works, "03") == (30_000.0, 2, None, None, 75.0, False)
    load(works, "south", "03", 100_000.0, 100_000.0, inflowBod5MgL=60.0)
    # 30 t + 6 t of 30,000 × 45 g × 31 days = 41.85 t
    assert rates(works, "03") == (30_000.0, 2, 36.0, 86.0, 75.0, False)


def test_a_plant_s_load_is_a_share_of_its_capacity_and_it_says_what_it_removed(works: House) -> None:
    more = {"inflowCodMgL": 220.0, "outflowCodMgL": 20.0, "sludgeT": 30.0}
    load(works, "north", "04", 270_000.0, 260_000.0, **more)
    load(works, "south", "04", 10_000.0, 10_000.0)
    rows = works.rows(f"plantMonths{YEAR}", "plantId month loadRate codRemovedT sludgeT")
    april = {row[0]: row[2:] for row in rows if row[1] == "2026-04-01"}
    # 270,000 of 10,000 m³/d × 30 days; 260,000 m³ × (220 - 20) g
    assert april == {"north": (90.0, 52.0, 30.0), "south": (None, None, None)}
    load(works, "north", "04", 300_000.0, 260_000.0, **more)  # the month is restated
    rows = works.rows(f"plantMonths{YEAR}", "plantId month loadRate")
    assert ("north", "2026-04-01", 100.0) in rows


def test_what_can_not_be_is_refused(works: House) -> None:
    month = {"plantId": "north", "month": "2026-05-01", "inflowM3": 10.0, "treatedM3": 10.0}
    assert works.refuses("reportPlantLoad", **{**month, "treatedM3": 10.5}) == "impossible_quantity"
    assert works.refuses("reportPlantLoad", **{**month, "month": "2026-05-02"}) == "no_month"
    assert works.refuses("reportPlantLoad", **{**month, "month": "2026-12-01"})  # to come
    assert works.refuses("reportPlantLoad", **{**month, "plantId": "moon"}) == "unknown_plant"
    people = {"areaId": "360403001", "month": "2026-05-01", "dischargedM3": 1.0}
    assert works.refuses("reportSewageDischarge", people=-1, **people)
