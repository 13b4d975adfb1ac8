"""W3: a drinking-water source is held to Tables 1 to 3 of GB 3838, warned of early, and counted (indicator 17)."""

from typing import Any

import pytest

from tests.journeys.house import MANAGER, House

GOOD = {"pH": 7.5, "DO": 8.1, "CODMn": 1.8, "NH3-N": 0.12, "TP": 0.08, "SO4": 30.0, "Mn": 0.01}
SPAN = 'since: "2025-12-01T00:00:00Z", until: "2026-04-01T00:00:00Z"'


@pytest.fixture(scope="module")
def sources(house: House) -> House:
    house.place("registerRiver", "yangtze")
    for code, source in (("intake", True), ("second", True), ("bridge", False)):
        house.place(
            "registerSection", code, waterBodyId="yangtze", waterBodyKind="RIVER", drinkingWaterSource=source
        )
    return house


def samples(house: House, code: str, day: str, **values: float) -> None:
    house.hears(code, f"{day}T00:00:00+08:00", {**GOOD, **values}, period="DAY")


def assessed(house: House, code: str, day: str) -> tuple[Any, ...]:
    columns = "observedAt meetsStandard warnings { factor kind printedLimit limitTable exceededBy }"
    rows = house.rows(f'sourceAssessments({SPAN}, siteId: "{code}")', columns, MANAGER)
    (found,) = [row[1:] for row in rows if row[0] == day_start(day)]
    return tuple(found)


def day_start(day: str) -> str:
    """Midnight of a day in Xunyang, in UTC; of days that are not the first of a month."""
    return f"{day[:8]}{int(day[8:]) - 1:02}T16:00:00+00:00"


def rate(house: House, span: str, start: str) -> list[tuple[Any, ...]]:
    asked = f'sourceRates(since: "{start}", until: "{start}", span: "{span}")'
    return house.rows(asked, "sources meeting share months", MANAGER)


def warned(factor: str, kind: str, limit: str, table: str, by: float | None = None) -> dict[str, Any]:
    return {"factor": factor, "kind": kind, "printedLimit": limit, "limitTable": table, "exceededBy": by}


@pytest.mark.parametrize(
    ("day", "value", "expected"),
    [
        ("2025-12-02", {"SO4": 199.9}, []),
        ("2025-12-03", {"SO4": 200.0}, [warned("SO4", "APPROACHING", "250", "Table 2")]),  # four fifths of 250
        ("2025-12-04", {"SO4": 250.0}, [warned("SO4", "APPROACHING", "250", "Table 2")]),  # on the limit it is kept
        ("2025-12-05", {"SO4": 262.5}, [warned("SO4", "EXCEEDED", "250", "Table 2", 0.05)]),
        (
            "2025-12-06",
            {"trichloromethane": 0.066},
            [warned("trichloromethane", "EXCEEDED", "0.06", "Table 3", 0.1)],
        ),
        ("2025-12-07", {"NH3-N": 1.1}, [warned("NH3-N", "EXCEEDED", "1.0", "Table 1", 0.1)]),  # class Ⅲ
        ("2025-12-08", {"DO": 4.9}, [warned("DO", "EXCEEDED", "5", "Table 1")]),  # less is worse: no multiple
    ],
)
def test_items_are_held_to_their_table_and_warned_of_from_four_fifths_on(
    sources: House, day: str, value: dict[str, float], expected: list[Any]
) -> None:
    samples(sources, "second", day, **value)
    exceeded = any(each["kind"] == "EXCEEDED" for each in expected)
    assert assessed(sources, "second", day) == (not exceeded, expected)


def test_what_is_no_source_is_not_assessed_as_one(sources: House) -> None:
    samples(sources, "bridge", "2026-01-05", Mn=5.0)
    assert sources.rows(f'sourceAssessments({SPAN}, siteId: "bridge")', "meetsStandard", MANAGER) == []


def test_the_rate_counts_sources_that_kept_all_they_were_sampled_for(sources: House) -> None:
    samples(sources, "intake", "2026-01-05")
    samples(sources, "second", "2026-01-05")
    assert rate(sources, "MONTH", "2026-01-01") == [(2, 2, 100.0, 1)]
    samples(sources, "second", "2026-01-20", Mn=0.125)  # Table 2: 0.1
    assert rate(sources, "MONTH", "2026-01-01") == [(2, 1, 50.0, 1)]
    assert rate(sources, "QUARTER", "2026-01-01") == [(2, 1, 50.0, 1)]
    # the laboratory corrects it: 0.0125
    samples(sources, "second", "2026-01-20", Mn=0.0125)
    assert rate(sources, "MONTH", "2026-01-01") == [(2, 2, 100.0, 1)]


def test_coliforms_and_nitrogen_decide_nothing_and_below_detection_never_approaches(sources: House) -> None:
    samples(sources, "intake", "2026-02-05", faecal_coliform=90000.0, TN=9.0)
    assert assessed(sources, "intake", "2026-02-05") == (True, [])  # 环办〔2011〕22号: reference items
    said = {**GOOD, "Hg": 0.0001}
    sources.hears("intake", "2026-02-10T00:00:00+08:00", said, period="DAY", marks={"Hg": "<"})
    # half of 0.0001 counts, which the limit of 0.0001 allows; a detection limit is no warning
    assert assessed(sources, "intake", "2026-02-10") == (True, [])


def test_the_local_day_decides_the_month(sources: House) -> None:
    # 16:00 UTC of 28 February is 1 March in Xunyang
    sources.hears("intake", "2026-02-28T16:00:00Z", {**GOOD, "Mn": 0.2}, period="DAY")
    assert rate(sources, "MONTH", "2026-02-01")[0][1] == 1
    assert rate(sources, "MONTH", "2026-03-01") == [(1, 0, 0.0, 1)]
