"""W2: sections over months, quarters and years, the river's grade, and indicators 3 to 5, for the manager."""

from typing import Any

import pytest

from tests.journeys.house import MANAGER, House

GOOD = {"pH": 7.5, "DO": 8.1, "CODMn": 1.8, "NH3-N": 0.12, "TP": 0.08, "COD": 14.0}
CONTROLS = {"a": "NATIONAL", "b": "PROVINCIAL", "c": "CITY", "d": "DISTRICT", "e": "DISTRICT"}
BEYOND = {"e": 41.0, "d": 26.0}
"""COD of those that are not good: 41 is worse than Ⅴ (40), 26 is class Ⅳ (30)."""


@pytest.fixture(scope="module")
def river(house: House) -> House:
    """A river of five sections, sampled once in January, February and April of 2025; it was 2024 too at one."""
    house.place("registerRiver", "river", "pond")
    for code, control in CONTROLS.items():
        house.place("registerSection", code, waterBodyId="river", waterBodyKind="RIVER", control=control)
    for month in ("01", "02", "04"):
        for code in CONTROLS:
            samples(house, code, f"2025-{month}-10", {**GOOD, "COD": BEYOND.get(code, 14.0)})
    return house


def samples(house: House, code: str, day: str, values: dict[str, float]) -> None:
    house.hears(code, f"{day}T00:00:00+08:00", values, period="DAY")


def of(house: House, code: str, span: str, columns: str, year: int = 2025) -> list[tuple[Any, ...]]:
    asked = f'waterEvaluations(since: "{year}-01-01", until: "{year}-12-31", span: "{span}", subjectId: "{code}")'
    return [tuple(row.values()) for row in house.one(asked, columns, MANAGER)]


def shares(house: House, span: str, start: str) -> dict[str, tuple[Any, ...]]:
    asked = f'waterClassShares(since: "{start}", until: "{start}", span: "{span}")'
    return {row[0]: row[1:] for row in house.rows(asked, "indicatorId sections counted share", MANAGER)}


def grade(house: House, span: str = "MONTH", start: str = "2025-01-01") -> tuple[Any, ...]:
    asked = f'riverEvaluations(since: "{start}", until: "{start}", span: "{span}")'
    (row,) = house.rows(asked, "sections byClass goodShare gradeZh mainPollutants", MANAGER)
    return row


def test_the_river_is_graded_by_the_shares_of_five_sections(river: House) -> None:
    # 环办〔2011〕22号: 3 of 5 are Ⅰ to Ⅲ (60 %, below 75), 1 of 5 worse than Ⅴ (20 %, not below 20): 中度污染
    assert grade(river) == (5, [0, 3, 0, 1, 0, 1], 60.0, "中度污染", ["COD"])


def test_the_indicators_count_the_sections_of_their_control(river: House) -> None:
    # 3a national, 3b all, 4 and 5 national and provincial: Ⅰ to Ⅲ, Ⅰ to Ⅲ, Ⅰ to Ⅱ, Ⅴ and worse
    assert shares(river, "MONTH", "2025-01-01") == {
        "3a": (1, 1, 100.0), "3b": (5, 3, 60.0), "4": (2, 2, 100.0), "5": (2, 0, 0.0),
    }  # fmt: skip


def test_a_quarter_and_a_year_are_means_of_their_months(river: House) -> None:
    samples(river, "c", "2025-02-11", {**GOOD, "COD": 24.0})  # February: (14 + 24) / 2 = 19
    columns = "startsOn class months means { factor mean }"
    first, second = of(river, "c", "QUARTER", columns)
    assert (first[0], first[1], first[2]) == ("2025-01-01", 3, 2)
    assert {"factor": "COD", "mean": 16.5} in first[3]  # (14 + 19) / 2
    assert (second[0], second[1], second[2]) == ("2025-04-01", 2, 1)
    ((start, klass, months, means),) = of(river, "c", "YEAR", columns)
    # (14 + 19 + 14) / 3 = 15.667, to one decimal 15.7: above 15, class Ⅲ
    assert (start, klass, months) == ("2025-01-01", 3, 3)
    assert {"factor": "COD", "mean": pytest.approx(15.666667)} in means


def test_a_mean_is_rounded_before_it_is_compared(river: House) -> None:
    river.place("registerSection", "edge", waterBodyId="pond", waterBodyKind="RIVER", control="DISTRICT")
    samples(river, "edge", "2024-03-01", {"COD": 15.02})
    samples(river, "edge", "2024-03-02", {"COD": 15.06})
    # 15.04 to one decimal is 15.0, the limit of classes Ⅰ and Ⅱ; on equal limits the better class counts
    assert of(river, "edge", "MONTH", "class", 2024) == [(1,)]
    samples(river, "edge", "2024-03-03", {"COD": 15.2})
    # 45.28 / 3 = 15.093, 15.1
    assert of(river, "edge", "MONTH", "class", 2024) == [(3,)]


def test_acidity_of_a_month_is_that_of_its_ions(river: House) -> None:
    river.place("registerSection", "sour", waterBodyId="pond", waterBodyKind="RIVER", control="DISTRICT")
    samples(river, "sour", "2024-05-01", {"pH": 9.10, "COD": 10.0})
    samples(river, "sour", "2024-05-02", {"pH": 8.98, "COD": 10.0})
    # 环办监测函〔2020〕82号: -lg((10^-9.10 + 10^-8.98) / 2) = 9.036, to 0 decimals 9, within 6 to 9. The arithmetic
    # mean, 9.04, would have been worse than Ⅴ
    ((klass, means),) = of(river, "sour", "MONTH", "class means { factor mean }", 2024)
    assert klass == 1
    assert {"factor": "pH", "mean": pytest.approx(9.0359, abs=1e-4)} in means


def test_a_corrected_sampling_changes_section_share_and_grade(river: House) -> None:
    april = "2025-04-01"
    assert shares(river, "MONTH", april)["3b"] == (5, 3, 60.0)
    samples(river, "e", "2025-04-10", {**GOOD, "COD": 19.0})
    # four of five are Ⅰ to Ⅲ, none worse than Ⅴ: 80 %, 良好
    assert shares(river, "MONTH", april)["3b"] == (5, 4, 80.0)
    assert grade(river, start=april)[2:] == (80.0, "良好", ["COD"])
    samples(river, "e", "2025-04-10", {**GOOD, "COD": 41.0})


def test_a_retired_section_s_kind_is_kept_and_a_second_kind_is_refused(river: House) -> None:
    from_lake = {"siteId": "a", "nameZh": "x", "nameEn": "x", "positionSource": "x"}
    assert river.refuses("registerLake", **from_lake) == "claimed_by_another_kind"
    assert river.refuses("registerSection", waterBodyId="river", waterBodyKind="RIVER", targetClass=7,
                         **{**from_lake, "siteId": "z"})  # fmt: skip
