"""A5: a catering house, its purifier and its fume, held to GB 18483-2001 and shown on the map of the air."""

from typing import Any

import pytest

from tests.journeys.house import PLACE, House

SPAN = 'since: "2026-04-01T00:00:00Z", until: "2026-05-01T00:00:00Z"'
HOUSES: dict[str, dict[str, Any]] = {
    "noodles": {"stoves": 2.0, "purifierEfficiencyPercent": 60.0},
    "hotel": {"stoves": 3.0, "purifierEfficiencyPercent": 74.9},
    "canteen": {"stoves": 6.0, "purifierEfficiencyPercent": 85.0},
    "named": {"size": "LARGE", "stoves": 2.0, "purifierEfficiencyPercent": 84.0},
}


@pytest.fixture(scope="module")
def street(house: House) -> House:
    for code, more in HOUSES.items():
        house.does("registerCatering", siteId=code, purifier="静电", lastCleanedOn="2026-01-01", **PLACE, **more)
    house.place("registerSourceMonitor", "fume", watches="CATERING", sourceId="hotel")
    return house


def of(house: House, code: str, columns: str) -> tuple[Any, ...]:
    (found,) = [row[1:] for row in house.rows("caterings", f"siteId {columns}") if row[0] == code]
    return tuple(found)


def test_the_size_and_with_it_the_efficiency_follow_from_the_stoves(street: House) -> None:
    columns = "size requiredEfficiencyPercent efficient"
    # GB 18483-2001 Tables 1 and 2: from 1 stove small 60 %, from 3 medium 75 %, from 6 large 85 %
    assert of(street, "noodles", columns) == ("SMALL", 60.0, True)
    assert of(street, "hotel", columns) == ("MEDIUM", 75.0, False)
    assert of(street, "canteen", columns) == ("LARGE", 85.0, True)
    assert of(street, "named", columns) == ("LARGE", 85.0, False)  # what is registered goes before the stoves


def test_fume_beyond_two_milligrams_is_an_exceedance_and_on_the_map(street: House) -> None:
    street.hears("fume", "2026-04-01T04:00:00Z", {"cooking_fume": 2.0})
    assert of(street, "hotel", "exceedances") == (0,)
    street.hears("fume", "2026-04-01T05:00:00Z", {"cooking_fume": 2.9})
    # GB 18483-2001 Table 2: 2.0 mg/m³; (2.9 - 2.0) / 2.0 = 0.45
    found = street.rows(
        f'sourceExceedances(watches: "CATERING", {SPAN})', "sourceId value limitValue multiple clause"
    )
    assert [row[:4] for row in found] == [("hotel", 2.9, 2.0, 0.45)]
    assert street.map("air")["hotel"]["exceedances"] == 1
    # the house shows the certificate of a calibration: the reading was wrong, and the conclusion goes
    review = {"siteId": "fume", "reviewId": "r", "period": "HOUR", "verdict": "INVALID", "reason": "检定期间"}
    times = {"since": "2026-04-01T05:00:00Z", "until": "2026-04-01T06:00:00Z"}
    street.does("markReadings", **review, **times, factors=["cooking_fume"])
    assert of(street, "hotel", "exceedances") == (0,)
    street.does("withdrawReview", siteId="fume", reviewId="r", reason="证书过期")
    assert of(street, "hotel", "exceedances lastExceededAt") == (1, "2026-04-01T05:00:00+00:00")


def test_a_fan_without_its_purifier_lapses_as_long_as_its_state_is_known(street: House) -> None:
    for at, fan, purifier in (
        ("02:00", True, False),
        ("03:00", True, False),
        ("03:30", True, True),
        ("05:00", True, False),
    ):
        street.does(
            "statePurifier", cateringId="canteen", statedAt=f"2026-04-02T{at}:00Z", fanOn=fan, purifierOn=purifier
        )
    # 02:00 to 03:30 is one lapse of 1.5 hours; from 05:00 the last statement holds two hours, to 07:00
    lapses = street.rows(f'purifierLapses(cateringId: "canteen", {SPAN})', "since until hours")
    assert lapses == [
        ("2026-04-02T02:00:00+00:00", "2026-04-02T03:30:00+00:00", 1.5),
        ("2026-04-02T05:00:00+00:00", "2026-04-02T07:00:00+00:00", 2.0),
    ]
    assert of(street, "canteen", "lapses lapseHours fanOn purifierOn") == (2, 3.5, True, False)
    assert street.map("air")["canteen"]["lapses"] == 2
    # the statement of 05:00 is corrected: the purifier ran
    street.does("statePurifier", cateringId="canteen", statedAt="2026-04-02T05:00:00Z", fanOn=True, purifierOn=True)
    assert of(street, "canteen", "lapses lapseHours purifierOn") == (1, 1.5, True)


def test_cleaning_is_due_sixty_days_behind_the_last_one(street: House) -> None:
    # 60 days from 1 January 2026 are 2 March: 30 left of January, 28 of February, and two
    assert of(street, "noodles", "cleaningDueOn") == ("2026-03-02",)
    overdue = 'caterings(cleaningOverdueOn: "2026-03-03")'
    assert "noodles" in [row[0] for row in street.rows(overdue, "siteId")]
    assert street.rows('caterings(cleaningOverdueOn: "2026-03-02")', "siteId") == []
    street.does("cleanPurifier", cateringId="noodles", cleanedOn="2026-03-01", cleanedBy="净洁公司")
    assert of(street, "noodles", "lastCleanedOn cleaningDueOn") == ("2026-03-01", "2026-04-30")
    # an older one, entered late, takes nothing back
    street.does("cleanPurifier", cateringId="noodles", cleanedOn="2026-02-01", cleanedBy="净洁公司")
    assert of(street, "noodles", "lastCleanedOn") == ("2026-03-01",)


def test_what_can_not_be_is_refused(street: House) -> None:
    stated = {"statedAt": "2026-04-02T02:00:00Z", "fanOn": True, "purifierOn": True}
    assert street.refuses("statePurifier", cateringId="moon", **stated) == "unknown_catering"
    future = {"cateringId": "hotel", "cleanedOn": "2026-12-24", "cleanedBy": "x"}
    assert street.refuses("cleanPurifier", **future) == "in_the_future"
    assert street.refuses("registerCatering", siteId="c", size="HUGE", **PLACE) in (
        "unknown_size",
        "impossible_value",
    )
