"""E3: an officer grants permits; an enterprise shows its latest, and limits hold on the days that are theirs."""

from typing import Any

import pytest

from tests.journeys.house import OFFICER, House

PERMIT: dict[str, Any] = {
    "permitNo": "p1", "enterpriseId": "works", "management": "KEY", "validFrom": "2022-01-01",
    "validUntil": "2026-12-31", "factors": ["SO2_stack"], "limits": [100.0],
}  # fmt: skip
SPAN = 'since: "2020-01-01T00:00:00Z", until: "2026-11-01T00:00:00Z"'


@pytest.fixture(scope="module")
def works(house: House) -> House:
    house.place("registerEnterprise", "works", "shop", industry="x")
    house.place("registerSourceMonitor", "cems", watches="STACK", sourceId="works", stackNo="DA001")
    house.does("grantPermit", OFFICER, **PERMIT)
    return house


def of(house: House, code: str) -> tuple[Any, ...]:
    rows = house.rows("enterprises", "enterpriseId permitNo management permitValidUntil", OFFICER)
    (found,) = [row[1:] for row in rows if row[0] == code]
    return tuple(found)


def test_an_enterprise_shows_the_permit_that_is_valid_longest(works: House) -> None:
    assert of(works, "shop") == (None, None, None)
    assert of(works, "works")[:2] == ("p1", "KEY")
    # 排污许可管理条例 art. 14: five years; it is renewed for five more
    renewed = {**PERMIT, "permitNo": "p2", "validFrom": "2027-01-01", "validUntil": "2031-12-31", "limits": [50.0]}
    works.does("grantPermit", OFFICER, **renewed)
    assert of(works, "works") == ("p2", "KEY", "2031-12-31")
    assert works.map("enforcement")["works"]["permit_no"] == "p2"


def test_its_limits_hold_from_its_first_local_day_to_its_last(works: House) -> None:
    for at in ("2021-12-31T15:00:00Z", "2021-12-31T16:00:00Z", "2026-10-31T04:00:00Z"):
        works.hears("cems", at, {"SO2_stack": 120.0})
    # 15:00 UTC is 23:00 of 31 December 2021 in Xunyang: the permit begins behind it. (120 - 100) / 100 = 0.2
    found = works.rows(f'sourceExceedances(siteId: "cems", {SPAN})', "observedAt permitNo limitValue multiple")
    assert found == [
        ("2021-12-31T16:00:00+00:00", "p1", 100.0, 0.2), ("2026-10-31T04:00:00+00:00", "p1", 100.0, 0.2),
    ]  # fmt: skip


def test_the_strictest_of_two_permits_of_a_day_limits(works: House) -> None:
    works.does("grantPermit", OFFICER, **{**PERMIT, "permitNo": "p3", "limits": [80.0], "validFrom": "2026-06-01"})
    works.hears("cems", "2026-06-02T04:00:00Z", {"SO2_stack": 90.0})
    day = 'since: "2026-06-02T00:00:00Z", until: "2026-06-03T00:00:00Z"'
    assert works.rows(f'sourceExceedances(siteId: "cems", {day})', "permitNo limitValue") == [("p3", 80.0)]


def test_permits_that_can_not_be_are_refused(works: House) -> None:
    def refused(**more: Any) -> str:
        return works.refuses("grantPermit", OFFICER, **{**PERMIT, "permitNo": "bad", **more})

    assert refused(enterpriseId="moon") == "unknown_enterprise"
    assert refused(validUntil="2021-12-31")  # before it begins
    assert refused(limits=[])  # a factor without its limit
    assert refused(factors=["unobtainium"])
