"""W9: urban waters that are black and odorous are graded, listed and remedied; uses of the shore are registered."""

from typing import Any

import pytest

from tests.journeys.house import PLACE, House

SPAN = 'since: "2026-05-01T00:00:00Z", until: "2026-06-01T00:00:00Z"'


@pytest.fixture(scope="module")
def town(house: House) -> House:
    house.place("registerUrbanWater", "ditch", "canal", "pond", lengthM=800.0, responsibleBody="街道")
    return house


def graded(house: House, site: str, at: str) -> tuple[Any, ...]:
    rows = house.rows(f"blackOdourSamplings({SPAN})", "siteId observedAt grade decidingItems")
    (found,) = [row[2:] for row in rows if row[:2] == (site, at)]
    return tuple(found)


@pytest.mark.parametrize(
    ("hour", "values", "expected"),
    [
        # 城市黑臭水体整治工作指南 (2015) Table 1: light from 0.25 m to 0.1 m, heavy below 0.1 m of Secchi depth;
        # dissolved oxygen 0.2 to 2.0, heavy below 0.2; ammonia 8.0 to 15, heavy above 15
        (0, {"SD": 0.26, "DO": 2.1, "NH3-N": 7.9}, (None, [])),
        (1, {"SD": 0.25, "DO": 2.1, "NH3-N": 7.9}, ("LIGHT", ["SD"])),
        (2, {"SD": 0.1, "DO": 2.1, "NH3-N": 15.0}, ("LIGHT", ["NH3-N", "SD"])),
        (3, {"SD": 0.09, "DO": 2.0, "NH3-N": 7.9}, ("HEAVY", ["DO", "SD"])),
        (4, {"SD": 0.5, "DO": 0.19, "NH3-N": 8.0}, ("HEAVY", ["DO", "NH3-N"])),
        (5, {"SD": 0.5, "DO": 5.0, "NH3-N": 15.1}, ("HEAVY", ["NH3-N"])),
    ],
)
def test_a_sampling_is_graded_by_its_worst_item(
    town: House, hour: int, values: dict[str, float], expected: tuple[Any, ...]
) -> None:
    at = f"2026-05-02T{hour:02}:00:00+00:00"
    town.hears("canal", at, values)
    assert graded(town, "canal", at) == expected


def test_a_corrected_sampling_is_graded_anew(town: House) -> None:
    at = "2026-05-03T00:00:00+00:00"
    town.hears("canal", at, {"DO": 0.15})
    assert graded(town, "canal", at)[0] == "HEAVY"
    town.hears("canal", at, {"DO": 1.5})
    assert graded(town, "canal", at)[0] == "LIGHT"


def test_a_water_is_listed_remedied_and_listed_again(town: House) -> None:
    def say(state: str, day: str, **more: Any) -> None:
        at = f"2026-05-{day}T00:00:00Z"
        town.does("reportUrbanWaterState", siteId="ditch", state=state, reason="监测", occurredAt=at, **more)

    columns = "siteId state grade timesListed stateSince dueOn"
    say("BLACK_ODOROUS", "05", grade="LIGHT")
    say("UNDER_REMEDY", "06", dueOn="2026-12-31")
    assert ("ditch", "UNDER_REMEDY", None, 1, "2026-05-06T00:00:00+00:00", "2026-12-31") in (
        town.rows("urbanWaters", columns)
    )
    say("REMEDIED", "07")
    say("BLACK_ODOROUS", "08", grade="HEAVY")  # 返黑返臭
    ((site, state, grade, times, since, due),) = town.rows("urbanWaters(state: BLACK_ODOROUS)", columns)
    assert (site, state, grade, times, due) == ("ditch", "BLACK_ODOROUS", "HEAVY", 2, None)
    assert since == "2026-05-08T00:00:00+00:00"


def test_indicator_20_counts_what_is_listed_or_under_remedy_of_what_is_judged(town: House) -> None:
    for site, state in (("ditch", "NOT_BLACK"), ("canal", "NOT_BLACK")):
        town.does(
            "reportUrbanWaterState", siteId=site, state=state, reason="监测", occurredAt="2026-05-20T00:00:00Z"
        )
    shares = "simulated waters notJudged black share"
    assert town.rows("blackOdorousShares", shares) == [(False, 3, 1, 0, 0.0)]  # nobody said anything of the pond
    town.does("reportUrbanWaterState", siteId="canal", state="BLACK_ODOROUS", reason="监测", grade="LIGHT",
              occurredAt="2026-05-21T00:00:00Z")  # fmt: skip
    assert town.rows("blackOdorousShares", shares) == [(False, 3, 1, 1, 50.0)]


def test_a_black_water_needs_its_grade_and_a_remedy_its_day(town: House) -> None:
    said = {"siteId": "pond", "reason": "监测"}
    assert town.refuses("reportUrbanWaterState", state="BLACK_ODOROUS", **said)
    assert town.refuses(
        "reportUrbanWaterState", state="BLACK_ODOROUS", grade="LIGHT", siteId="moon", reason="x"
    ) == ("unknown_urban_water")


def test_uses_of_the_shoreline_are_listed_by_their_state(town: House) -> None:
    town.place("registerRiver", "yangtze")
    wharf = {"siteId": "wharf", "waterBodyId": "yangtze", "usedBy": "某码头", "purpose": "码头", **PLACE}
    town.does("registerShorelineUse", state="IN_USE", lengthM=300.0, approvalNo="2019-1", **wharf)
    town.does("registerShorelineUse", state="UNLAWFUL", note="超期", **wharf)  # it turns out to have no approval
    assert town.rows("shorelineUses(state: UNLAWFUL)", "siteId usedBy note approvalNo") == [
        ("wharf", "某码头", "超期", None)
    ]
    assert town.rows("shorelineUses(state: IN_USE)", "siteId") == []
    assert town.refuses("registerShorelineUse", state="IN_USE", lengthM=-1.0, **{**wharf, "siteId": "w2"})
