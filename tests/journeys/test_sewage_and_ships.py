"""Plants' loads with the rates of collection and treatment (indicator 18), and ships' receipts until they close."""

from tests.conftest import Ask
from tests.journeys.steps import command

PLACE = {"nameZh": "甲", "nameEn": "A", "positionSource": "test"}
ASKED = '(since: "2022-01-01", until: "2022-12-31")'
RECEIPT = {
    "receiptNo": "r1", "shipName": "赣九江货1", "pollutant": "OILY_WATER", "quantity": 12.0, "unit": "m3",
    "receiver": "港务", "transferDueOn": "2022-02-01", "disposalDueOn": "2022-03-01",
}  # fmt: skip


def test_collection_and_treatment_follow_from_reports(ask: Ask) -> None:
    command(ask, "registerPlant", siteId="plant", capacityM3D=15000.0, **PLACE)
    command(ask, "registerSubdistrict", siteId="360403002", **PLACE)
    load = {"plantId": "plant", "month": "2022-01-01", "inflowM3": 372000.0, "treatedM3": 360000.0}
    quality = {"inflowBod5MgL": 90.0, "inflowCodMgL": 200.0, "outflowCodMgL": 30.0}
    discharge = {"areaId": "360403002", "month": "2022-01-01", "people": 30000, "dischargedM3": 400000.0}
    assert command(ask, "reportPlantLoad", **load)["eventIds"]
    assert command(ask, "reportSewageDischarge", **discharge)["eventIds"]
    rates = f"{{ sewageRates{ASKED} {{ nodes {{ month people bod5T collectionRate treatmentRate simulated }} }} }}"
    assert ask(rates)["sewageRates"]["nodes"][0]["collectionRate"] is None  # the plant has not stated its BOD5
    assert command(ask, "reportPlantLoad", **load, **quality)["eventIds"]
    # 372,000 m³ × 90 g/m³ of 30,000 people × 45 g × 31 days; 360,000 of 400,000 m³
    assert ask(rates)["sewageRates"]["nodes"] == [
        {"month": "2022-01-01", "people": 30000.0, "bod5T": 33.48, "collectionRate": 80.0, "treatmentRate": 90.0,
         "simulated": False}
    ]  # fmt: skip
    (month,) = ask(f"{{ plantMonths{ASKED} {{ nodes {{ loadRate codRemovedT }} }} }}")["plantMonths"]["nodes"]
    assert month == {"loadRate": 80.0, "codRemovedT": 61.2}


def test_a_part_of_the_district_says_nothing_of_the_whole(ask: Ask) -> None:
    command(ask, "registerPlant", siteId="plant", capacityM3D=15000.0, **PLACE)
    for number in (1, 2):
        command(ask, "registerSubdistrict", siteId=f"36040300{number}", **PLACE)
    load = {"plantId": "plant", "month": "2022-01-01", "inflowM3": 372000.0, "treatedM3": 360000.0}
    assert command(ask, "reportPlantLoad", **load)["eventIds"]
    one = {"month": "2022-01-01", "people": 30000, "dischargedM3": 200000.0}
    asked = f"{{ sewageRates{ASKED} {{ nodes {{ areas suffices people treatmentRate }} }} }}"
    assert command(ask, "reportSewageDischarge", areaId="360403001", **one)["eventIds"]
    part = {
        "areas": 1,
        "suffices": False,
        "people": 30000.0,
        "treatmentRate": None,
    }  # 360,000 of 200,000 m³ is no share
    assert ask(asked)["sewageRates"]["nodes"] == [part]
    assert command(ask, "reportSewageDischarge", areaId="360403002", **one)["eventIds"]
    both = {"areas": 2, "suffices": True, "people": 60000.0, "treatmentRate": 90.0}
    assert ask(asked)["sewageRates"]["nodes"] == [both]


def test_a_plant_can_not_treat_more_than_it_takes_in_nor_report_half_a_month(ask: Ask) -> None:
    command(ask, "registerPlant", siteId="plant", **PLACE)
    load = {"plantId": "plant", "month": "2022-01-01", "inflowM3": 1.0, "treatedM3": 2.0}
    assert command(ask, "reportPlantLoad", **load)["code"] == "impossible_quantity"
    assert command(ask, "reportPlantLoad", **{**load, "month": "2022-01-02"})["code"] == "no_month"
    assert command(ask, "reportPlantLoad", **{**load, "plantId": "moon"})["code"] == "unknown_plant"


def test_a_ships_receipt_is_closed_by_transfer_and_disposal_or_overdue(ask: Ask) -> None:
    assert command(ask, "receiveShipWaste", **RECEIPT)["eventIds"]
    overdue = '{{ shipReceipts(overdueOn: "{}") {{ nodes {{ receiptNo status dueOn }} }} }}'
    assert ask(overdue.format("2022-02-01"))["shipReceipts"]["nodes"] == []
    late = [{"receiptNo": "r1", "status": "RECEIVED", "dueOn": "2022-02-01"}]
    assert ask(overdue.format("2022-02-02"))["shipReceipts"]["nodes"] == late
    step = {"receiptNo": "r1", "disposer": "处置厂", "quantity": 11.5}
    assert command(ask, "disposeShipWaste", method="焚烧", **step)["code"] == "illegal_step"
    assert command(ask, "transferShipWaste", carrier="运输", **step)["code"] == "reason_missing"
    assert command(ask, "transferShipWaste", carrier="运输", discrepancy="沉渣 0.5", **step)["eventIds"]
    assert ask(overdue.format("2022-03-01"))["shipReceipts"]["nodes"] == []
    assert ask(overdue.format("2022-03-02"))["shipReceipts"]["nodes"][0]["status"] == "TRANSFERRED"
    assert command(ask, "disposeShipWaste", method="焚烧", **{**step, "disposer": "他"})["code"] == "other_disposer"
    assert command(ask, "disposeShipWaste", method="焚烧", **step)["eventIds"]
    asked = "{ shipReceipts { nodes { status received transferred disposed dueOn discrepancy } } }"
    assert ask(asked)["shipReceipts"]["nodes"] == [
        {"status": "CLOSED", "received": 12.0, "transferred": 11.5, "disposed": 11.5, "dueOn": None,
         "discrepancy": "沉渣 0.5"}
    ]  # fmt: skip
