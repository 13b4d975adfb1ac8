"""S4: landfills and oil tanks are inspected for seepage; what seeps stands there until it is stopped."""

from typing import Any

import pytest

from tests.journeys.house import House

INSPECTED: dict[str, Any] = {
    "inspectionNo": "1", "enterpriseId": "depot", "facility": "3号罐", "facilityKind": "OIL_TANK",
    "inspectedOn": "2021-06-01", "barrier": "SINGLE", "seeping": True,
}  # fmt: skip
ASKED = 'seepageInspections(since: "2021-01-01", until: "2021-12-31", enterpriseId: "depot", seeping: true)'


@pytest.fixture(scope="module")
def depot(house: House) -> House:
    house.place("registerEnterprise", "depot", industry="x")
    return house


def test_what_seeps_is_open_until_it_is_stopped(depot: House) -> None:
    depot.does("inspectSeepage", **INSPECTED)
    depot.does("inspectSeepage", **{**INSPECTED, "inspectionNo": "2", "seeping": False})
    assert depot.rows(ASKED, "inspectionNo facilityKind open") == [("1", "OIL_TANK", True)]
    depot.does("inspectSeepage", **INSPECTED, remediedOn="2021-07-01", findings="换了底板")
    assert depot.rows(ASKED, "inspectionNo open remediedOn") == [("1", False, "2021-07-01")]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"enterpriseId": "nobody"}, "unknown_enterprise"),
        ({"inspectedOn": "2999-01-01"}, "in_the_future"),
        ({"remediedOn": "2021-05-31"}, "impossible_order"),
    ],
)
def test_what_can_not_be_is_refused(depot: House, changed: dict[str, Any], code: str) -> None:
    assert depot.refuses("inspectSeepage", **{**INSPECTED, "inspectionNo": "3", **changed}) == code
