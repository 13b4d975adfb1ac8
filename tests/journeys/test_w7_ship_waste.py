"""W7: a ship's pollutants are received, transferred and disposed of; what is late or short is found."""

from typing import Any

import pytest

from tests.journeys.house import House

RECEIPT = {"shipName": "赣九江货2", "pollutant": "OILY_WATER", "quantity": 20.0, "unit": "m3", "receiver": "港务"}
DUE = {"transferDueOn": "2026-03-01", "disposalDueOn": "2026-04-01"}


@pytest.fixture(scope="module")
def port(house: House) -> House:
    return house


def received(house: House, number: str, at: str = "2026-02-01T00:00:00Z", **more: Any) -> None:
    house.does("receiveShipWaste", receiptNo=number, occurredAt=at, **{**RECEIPT, **DUE, **more})


def transfer(number: str, quantity: float, at: str = "2026-02-10T00:00:00Z", **more: Any) -> dict[str, Any]:
    return {
        "receiptNo": number,
        "carrier": "运输",
        "disposer": "处置厂",
        "quantity": quantity,
        "occurredAt": at,
        **more,
    }


def disposal(number: str, quantity: float, at: str = "2026-02-20T00:00:00Z", **more: Any) -> dict[str, Any]:
    return {
        "receiptNo": number,
        "disposer": "处置厂",
        "method": "焚烧",
        "quantity": quantity,
        "occurredAt": at,
        **more,
    }


def of(house: House, number: str, columns: str) -> tuple[Any, ...]:
    (found,) = [row[1:] for row in house.rows("shipReceipts", f"receiptNo {columns}") if row[0] == number]
    return tuple(found)


def test_a_receipt_is_closed_when_all_of_it_was_disposed_of(port: House) -> None:
    received(port, "a")
    port.does("transferShipWaste", **transfer("a", 20.0))
    assert of(port, "a", "status transferred dueOn") == ("TRANSFERRED", 20.0, "2026-04-01")
    port.does("disposeShipWaste", **disposal("a", 20.0))
    assert of(port, "a", "status received disposed dueOn disposedAt") == (
        "CLOSED", 20.0, 20.0, None, "2026-02-20T00:00:00+00:00",
    )  # fmt: skip
    assert port.refuses("disposeShipWaste", **disposal("a", 20.0)) == "illegal_step"


def test_what_is_late_is_found_by_the_day_its_next_step_was_due(port: House) -> None:
    received(port, "b")
    assert ("b",) not in port.rows('shipReceipts(overdueOn: "2026-03-01")', "receiptNo")
    assert ("b",) in port.rows('shipReceipts(overdueOn: "2026-03-02")', "receiptNo")
    port.does("transferShipWaste", **transfer("b", 20.0, "2026-03-05T00:00:00Z"))
    assert ("b",) not in port.rows('shipReceipts(overdueOn: "2026-04-01")', "receiptNo")
    assert ("b",) in port.rows('shipReceipts(overdueOn: "2026-04-02")', "receiptNo")


def test_it_may_shrink_with_a_reason_and_never_grows(port: House) -> None:
    received(port, "c")
    assert port.refuses("transferShipWaste", **transfer("c", 20.1, discrepancy="x"))
    assert port.refuses("transferShipWaste", **transfer("c", 19.5)) == "reason_missing"
    port.does("transferShipWaste", **transfer("c", 19.5, discrepancy="沉渣 0.5 m3"))
    assert port.refuses("disposeShipWaste", **disposal("c", 20.0, discrepancy="x"))
    port.does("disposeShipWaste", **disposal("c", 19.5))
    assert of(port, "c", "received transferred disposed discrepancy") == (20.0, 19.5, 19.5, "沉渣 0.5 m3")


def test_no_step_lies_before_the_one_that_it_follows_and_no_other_disposer_takes_it(port: House) -> None:
    received(port, "d")
    assert (
        port.refuses("transferShipWaste", **transfer("d", 20.0, "2026-01-31T23:59:59Z")) == "before_the_last_step"
    )
    assert port.refuses("disposeShipWaste", **disposal("d", 20.0)) == "illegal_step"
    port.does("transferShipWaste", **transfer("d", 20.0))
    assert port.refuses("disposeShipWaste", **disposal("d", 20.0, disposer="他厂")) == "other_disposer"
    assert port.refuses("receiveShipWaste", receiptNo="d", **RECEIPT) == "illegal_step"
