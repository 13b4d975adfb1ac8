"""S5: hazardous waste from its generator to its disposal: what is short, early or otherwise signed is refused."""

from typing import Any

import pytest

from tests.journeys.house import MANAGER, House

ISSUE: dict[str, Any] = {
    "generatorId": "works", "carrierId": "truck", "receiverId": "kiln", "wasteCategory": "HW12",
    "wasteCode": "900-252-12", "wasteName": "废漆渣", "hazards": ["T", "I"], "form": "SEMISOLID", "packages": 4,
    "quantityT": 2.0,
}  # fmt: skip


@pytest.fixture(scope="module")
def chain(house: House) -> House:
    house.place("registerEnterprise", "works", "truck", "kiln", industry="x")
    return house


def number(serial: int) -> str:
    """Of 14 digits: year, province, city, serial (危险废物转移管理办法 art. 15)."""
    return f"20263604{serial:06}"


def issued(house: House, serial: int, **more: Any) -> str:
    house.does("issueManifest", manifestNo=number(serial), occurredAt="2026-03-01T00:00:00Z", **{**ISSUE, **more})
    return number(serial)


def loaded(no: str, tonnes: float, at: str = "2026-03-02T00:00:00Z") -> dict[str, Any]:
    return {"manifestNo": no, "vehiclePlate": "赣G1", "quantityT": tonnes, "occurredAt": at}


def delivered(no: str, **more: Any) -> dict[str, Any]:
    return {"manifestNo": no, "vehiclePlate": "赣G1", "occurredAt": "2026-03-03T00:00:00Z", **more}


def received(no: str, tonnes: float, decision: str = "ACCEPTED", **more: Any) -> dict[str, Any]:
    return {
        "manifestNo": no, "decision": decision, "quantityT": tonnes, "occurredAt": "2026-03-04T00:00:00Z", **more,
    }  # fmt: skip


def of(house: House, no: str, columns: str) -> tuple[Any, ...]:
    (row,) = house.rows(f'manifests(manifestNo: "{no}")', columns)
    return row


def under_way(house: House) -> int:
    return int(house.one("overview", "manifestsUnderWay", MANAGER)["manifestsUnderWay"])


def test_a_manifest_is_followed_from_issue_to_acceptance(chain: House) -> None:
    before = under_way(chain)
    no = issued(chain, 1)
    assert under_way(chain) == before + 1
    assert of(chain, no, "status issuedT loadedT acceptedT") == ("ISSUED", 2.0, None, None)
    chain.does("loadManifest", **loaded(no, 2.0))
    chain.does("deliverManifest", **delivered(no))
    assert of(chain, no, "status deliveredAt") == ("DELIVERED", "2026-03-03T00:00:00+00:00")
    chain.does("receiveManifest", **received(no, 2.0, disposalCode="D10"))
    assert of(chain, no, "status loadedT acceptedT") == ("ACCEPTED", 2.0, 2.0)
    assert under_way(chain) == before
    kept = chain.map("waste")
    assert kept["works"]["issued"] >= 1
    assert (kept["works"]["simulated_issued"], kept["kiln"]["simulated_receiving"]) == (0, 0)
    assert kept["kiln"]["receiving"] >= 1


def test_what_is_loaded_may_weigh_a_twentieth_more_than_what_was_issued_and_no_more(chain: House) -> None:
    no = issued(chain, 2)
    assert chain.refuses("loadManifest", **loaded(no, 2.11))  # 2 t + 5 %: 2.1 t
    chain.does("loadManifest", **loaded(no, 2.1))
    chain.does("deliverManifest", **delivered(no))
    assert chain.refuses("receiveManifest", **received(no, 2.2, discrepancy="x"))  # more than was loaded
    assert chain.refuses("receiveManifest", **received(no, 2.0)) == "reason_missing"
    chain.does("receiveManifest", **received(no, 2.0, discrepancy="少0.1吨"))
    assert of(chain, no, "acceptedT discrepancy") == (2.0, "少0.1吨")


def test_each_step_needs_the_one_before_and_its_time(chain: House) -> None:
    no = issued(chain, 3)
    assert chain.refuses("receiveManifest", **received(no, 2.0)) == "illegal_step"
    assert chain.refuses("loadManifest", **loaded(no, 2.0, "2026-02-28T23:59:59Z")) == "before_the_last_step"
    chain.does("loadManifest", **loaded(no, 2.0))
    assert chain.refuses("voidManifest", manifestNo=no, reason="x") == "illegal_step"  # it is on the road
    assert chain.refuses("deliverManifest", **delivered(no, vehiclePlate="赣G2"))  # another vehicle than was loaded
    chain.does("deliverManifest", **delivered(no))


def test_a_manifest_is_voided_before_it_is_loaded_and_never_twice(chain: House) -> None:
    no = issued(chain, 4)
    chain.does("voidManifest", manifestNo=no, reason="填错")
    assert of(chain, no, "status")[0] == "VOIDED"
    assert chain.refuses("issueManifest", manifestNo=no, **ISSUE) == "illegal_step"
    assert chain.refuses("loadManifest", **loaded(no, 2.0)) == "illegal_step"


def test_what_is_sent_back_is_rejected_and_listed_so(chain: House) -> None:
    no = issued(chain, 5)
    chain.does("loadManifest", **loaded(no, 2.0))
    chain.does("deliverManifest", **delivered(no))
    chain.does("receiveManifest", **received(no, 0.0, "REJECTED", discrepancy="包装破损"))
    assert (no,) in chain.rows("manifests(status: REJECTED)", "manifestNo")


def test_parties_numbers_and_codes_that_can_not_be_are_refused(chain: House) -> None:
    def refused(**more: Any) -> str:
        return chain.refuses("issueManifest", **{**ISSUE, "manifestNo": number(9), **more})

    assert refused(receiverId="moon") == "unknown_enterprise"
    assert refused(receiverId="works")  # who generates it can't be who receives it
    assert refused(manifestNo="1")
    assert refused(wasteCode="900-252-13")  # of another category than HW12
    assert refused(quantityT=0.0)
