"""A6: passes by remote sensing are judged, captures of smoke reviewed, repeat offenders found and remedied."""

from typing import Any

import pytest

from tests.journeys.house import PLACE, House

PASS = {"plate": "赣G10001", "plateColour": "YELLOW", "fuel": "DIESEL", "vspKwT": 8.0}
SPAN = 'since: "2026-03-01T00:00:00Z", until: "2026-10-01T00:00:00Z"'
SEEN = {"evidenceUrls": ["https://camera.example/1.jpg"], "evidenceSha256": ["0" * 64]}


@pytest.fixture(scope="module")
def road(house: House) -> House:
    for code, kind in (("rs", "REMOTE_SENSING"), ("cam", "SMOKE_CAMERA")):
        house.does("registerVehicleDevice", siteId=code, deviceKind=kind, road="滨江东路", **PLACE)
    return house


def passes(house: House, number: str, at: str, **more: Any) -> None:
    house.does("measureVehicle", siteId="rs", recordNo=number, passedAt=at, **{**PASS, **more})


def judged(house: House, plate: str) -> list[tuple[Any, ...]]:
    return house.rows(f'vehiclePasses(plate: "{plate}", {SPAN})', "recordNo valid whyInvalid exceeded")


def offender(house: House, plate: str) -> list[tuple[Any, ...]]:
    return house.rows(
        f'vehicleOffenders(plate: "{plate}")', "validPasses exceeding smokyConfirmed repeatOffender remedied"
    )


def test_opacity_above_thirty_percent_exceeds_where_the_pass_is_valid(road: House) -> None:
    # HJ 845-2017 Table 1: 30 % of opacity may be reached; 4: the specific power lies between 0 and 20 kW/t
    cases: list[dict[str, Any]] = [
        {"opacityPercent": 30.0},
        {"opacityPercent": 30.1},
        {"opacityPercent": 80.0, "vspKwT": 20.5},
        {"opacityPercent": 80.0, "valid": False},
        {"opacityPercent": 80.0, "fuel": "PETROL"},
    ]
    for number, more in enumerate(cases, 1):
        passes(road, f"a{number}", f"2026-03-0{number}T02:00:00Z", plate="赣G1", **more)
    assert judged(road, "赣G1") == [
        ("a1", True, [], []),
        ("a2", True, [], ["opacity_percent"]),
        ("a3", False, ["vsp_kw_t"], []),
        ("a4", False, ["device"], []),
        ("a5", True, [], []),  # the standard has no limit for petrol here
    ]
    assert offender(road, "赣G1") == [(3, 1, 0, False, False)]


def test_twice_running_within_six_months_is_a_repeat_offender(road: House) -> None:
    passes(road, "b1", "2026-03-01T02:00:00Z", plate="赣G2", opacityPercent=45.0)
    passes(road, "b2", "2026-09-01T02:00:00Z", plate="赣G2", opacityPercent=45.0)
    # six calendar months from 1 March end on 1 September
    assert offender(road, "赣G2") == [(2, 2, 0, True, False)]
    # the plate of the second was misread, which somebody sees on the picture
    passes(road, "b2", "2026-09-01T02:00:00Z", plate="赣G3", opacityPercent=45.0)
    assert offender(road, "赣G2") == [(1, 1, 0, False, False)]
    assert offender(road, "赣G3") == [(1, 1, 0, False, False)]


def test_a_capture_counts_when_people_confirm_it(road: House) -> None:
    capture = {"siteId": "cam", "recordNo": "c1", "passedAt": "2026-04-01T02:00:00Z", "plate": "赣G4"}
    road.does("captureSmokyVehicle", plateColour="YELLOW", ringelmann=2.0, **capture, **SEEN)
    assert road.rows('smokyVehicles(state: "PENDING", siteId: "cam")', "plate ringelmann reviewedBy") == [
        ("赣G4", 2.0, None)
    ]
    assert offender(road, "赣G4") == []
    review = {"siteId": "cam", "recordNo": "c1", "reviewedBy": "甲"}
    road.does("reviewSmokyVehicle", decision="CONFIRMED", **review)
    assert offender(road, "赣G4") == [(0, 0, 1, False, False)]
    # on another look it was the shadow of a bridge
    road.does("reviewSmokyVehicle", decision="REJECTED", reason="桥下阴影", **review)
    assert offender(road, "赣G4") == []
    assert road.rows('smokyVehicles(state: "REJECTED")', "recordNo reason") == [("c1", "桥下阴影")]


def test_a_passed_inspection_behind_the_last_offence_remedies(road: House) -> None:
    passes(road, "d1", "2026-05-01T16:30:00Z", plate="赣G5", opacityPercent=45.0)  # 00:30 of the 2nd in Xunyang
    report = {"plate": "赣G5", "plateColour": "YELLOW", "station": "检测站"}
    road.does("recordVehicleInspection", reportNo="1", inspectedOn="2026-05-02", result="PASS", **report)
    assert offender(road, "赣G5")[0][-1] is False  # on the day itself
    road.does("recordVehicleInspection", reportNo="2", inspectedOn="2026-05-03", result="PASS", **report)
    assert offender(road, "赣G5")[0][-1] is True
    road.does("recordVehicleInspection", reportNo="2", inspectedOn="2026-05-03", result="FAIL", **report)
    assert offender(road, "赣G5")[0][-1] is False


def test_hours_and_days_of_a_device_are_counted_in_local_days(road: House) -> None:
    road.does("registerVehicleDevice", siteId="rs2", deviceKind="REMOTE_SENSING", road="浔阳路", **PLACE)
    for number, at in enumerate(("2026-06-01T15:10:00Z", "2026-06-01T15:50:00Z", "2026-06-01T16:10:00Z"), 1):
        more = {**PASS, "plate": f"赣H{number}", "opacityPercent": 45.0 if number == 1 else 3.0}
        road.does("measureVehicle", siteId="rs2", recordNo=f"e{number}", passedAt=at, **more)
    span = 'since: "2026-06-01T00:00:00Z", until: "2026-06-03T00:00:00Z"'
    assert road.rows(f'vehicleDeviceHours(siteId: "rs2", {span})', "hour passes valid exceeding") == [
        ("2026-06-01T15:00:00+00:00", 2, 2, 1),
        ("2026-06-01T16:00:00+00:00", 1, 1, 0),
    ]
    # 15:00 UTC is 23:00 of the 1st in Xunyang, 16:00 UTC the 2nd; one of two is 50 %
    days = 'vehicleDeviceDays(siteId: "rs2", since: "2026-06-01", until: "2026-06-02")'
    assert road.rows(days, "day passes exceeding exceedingPercent") == [
        ("2026-06-01", 2, 1, 50.0), ("2026-06-02", 1, 0, 0.0),
    ]  # fmt: skip


def test_what_no_device_saw_is_refused_and_the_devices_stand_on_the_map(road: House) -> None:
    lost = {"siteId": "moon", "recordNo": "1", "passedAt": "2026-03-01T02:00:00Z", **PASS}
    assert road.refuses("measureVehicle", **lost) == "unknown_vehicle_device"
    unseen = {"siteId": "cam", "recordNo": "none", "decision": "CONFIRMED", "reviewedBy": "甲"}
    assert road.refuses("reviewSmokyVehicle", **unseen)
    assert {"rs", "cam"} <= road.map("air").keys()
