"""What is concluded says the same at each door: value, over what, of how much, whether that suffices, and why."""

from datetime import date, timedelta
from typing import Any

import pytest

from running.query import query
from tests.journeys.house import MANAGER, OFFICER, PUBLIC, WHOLE, House
from tests.journeys.steps import fold

DAY = date(2026, 10, 5)
SIX = {"SO2": 8, "NO2": 20, "CO": 0.6, "O3": 60, "PM10": 40, "PM2.5": 20}
GREEN = {"chla": 30.0, "TP": 0.12, "TN": 2.0, "SD": 0.6, "CODMn": 6.0, "DO": 7.0, "pH": 7.4}
COLUMNS = (
    "subjectId what averaging averagingEn startsAt endsAt value unit edition madeOf madeOfAll counted suffices"
    " clause reviewed simulated why"
)
SPAN = 'since: "2025-12-01T00:00:00Z", until: "2026-12-01T00:00:00Z"'


@pytest.fixture(scope="module")
def known(house: House) -> House:
    house.place("registerStation", "whole", "part", network="DISTRICT")
    house.place("registerLake", "gantang", targetClass=3)
    house.hears_hours("whole", DAY, *[SIX] * 24)
    house.hears_hours("part", DAY, *[{**SIX, "PM2.5": 90}] * 12)
    house.hears_hours("part", DAY + timedelta(days=1), {"SO2": 8, "NO2": 20})
    house.hears("gantang", "2026-10-03T00:00:00+08:00", GREEN, period="DAY", reviewed=True)
    return house


def told(house: House, field: str, path: str, **of: str) -> list[dict[str, Any]]:
    given = "".join(f', {name}: "{value}"' for name, value in of.items())
    rows: list[dict[str, Any]] = house.one(f"{field}({SPAN}{given})", f"nodes {{ {COLUMNS} }}", path)["nodes"]
    return rows


def one(house: House, subject: str, what: str, averaging: str, starts: str = "") -> dict[str, Any]:
    field = "waterConclusions" if subject == "gantang" else "airConclusions"
    (found,) = (
        row
        for row in told(house, field, WHOLE, subjectId=subject, what=what, averaging=averaging)
        if row["startsAt"].startswith(starts)
    )
    return found


def test_an_hour_a_day_and_a_month_say_what_they_are_made_of(known: House) -> None:
    hour = one(known, "whole", "AQI", "HOUR", "2026-10-04T16:00")
    # CO, NO2 and SO2 lie below; 40 of 50 µg/m³ of PM10 and 60 of 160 of ozone below 20 of 30 of PM2.5
    assert (hour["averagingEn"], hour["endsAt"]) == ("one hour", "2026-10-04T17:00:00+00:00")
    assert (hour["madeOf"], hour["madeOfAll"], hour["counted"], hour["suffices"]) == (6, 6, "POLLUTANT", True)
    assert (hour["edition"], hour["clause"]) == ("HJ 633-2026", "HJ 633-2026 5.3.1; 5.3.2")
    assert (hour["reviewed"], hour["simulated"]) == (False, False)
    day = one(known, "whole", "AQI", "DAY", "2026-10-04T16:00")
    assert (day["averagingEn"], day["endsAt"]) == ("one local day", "2026-10-05T16:00:00+00:00")
    assert day["suffices"]
    month = one(known, "whole", "GOOD_DAYS", "MONTH")
    assert (month["value"], month["unit"]) == (100.0, "%")
    assert (month["madeOf"], month["madeOfAll"], month["counted"], month["suffices"]) == (1, 31, "DAY", False)
    assert month["clause"].startswith("GB 3095 Table 4")


def test_what_does_not_suffice_says_so_beside_its_value(known: House) -> None:
    lacking = one(known, "part", "AQI", "HOUR", "2026-10-05T16:00")
    assert (lacking["value"], lacking["madeOf"], lacking["madeOfAll"], lacking["suffices"]) == (None, 0, 6, False)
    half = one(known, "part", "AQI", "DAY", "2026-10-04T16:00")  # twelve of the twenty hours that a mean needs
    assert (half["value"], half["suffices"]) == (None, False)


def test_a_water_says_its_means_its_months_and_whether_its_values_are_final(known: House) -> None:
    sampled = one(known, "gantang", "CLASS", "DAY")
    # 2.0 mg/l of nitrogen and 0.12 of phosphorus are class Ⅴ of lakes
    assert (sampled["value"], sampled["counted"], sampled["reviewed"]) == (5.0, "ITEM", True)
    year = one(known, "gantang", "TROPHIC_INDEX", "YEAR")
    assert (year["madeOf"], year["madeOfAll"], year["counted"], year["suffices"]) == (1, 12, "MONTH", False)
    assert year["value"] == one(known, "gantang", "TROPHIC_INDEX", "DAY")["value"]


@pytest.mark.parametrize("field", ["airConclusions", "waterConclusions"])
def test_each_client_is_told_the_same(known: House, field: str) -> None:
    whole = told(known, field, WHOLE)
    assert len(whole) > 5
    for path in (OFFICER, MANAGER, *([PUBLIC] if field == "airConclusions" else [])):
        assert told(known, field, path) == whole


def test_maps_files_and_sql_say_the_same(known: House) -> None:
    fold(known.platform)
    hours = told(known, "airConclusions", WHOLE, averaging="HOUR", subjectId="whole")
    assert known.map("air")["whole"]["aqi"] == hours[-1]["value"]
    by_file = known.client.get("/api/v1/air.conclusion?subject_id=whole&averaging=HOUR").json()["rows"]
    _, by_sql = query(
        known.platform.database,
        "SELECT value, made_of, suffices, why FROM air.conclusion WHERE subject_id = 'whole' AND averaging = 'HOUR'"
        " ORDER BY starts_at",
    )
    expected = [(row["value"], row["madeOf"], row["suffices"], row["why"]) for row in hours]
    assert [tuple(row) for row in by_sql] == expected
    assert [(row["value"], row["made_of"], row["suffices"], row["why"]) for row in by_file] == expected


def test_each_says_in_one_question_why(known: House) -> None:
    found = [*told(known, "airConclusions", WHOLE), *told(known, "waterConclusions", WHOLE)]
    assert {row["what"] for row in found} >= {"AQI", "GOOD_DAYS", "CLASS", "CLASS_OF_MEANS", "TROPHIC_INDEX"}
    for why in sorted({row["why"] for row in found}):
        answer = known.ask(f"{{ {why} {{ __typename }} }}")
        assert all(answer.values()), why
