"""Vehicles: a file of passes is imported and judged, captures are reviewed, an offender is found and remedied."""

from pathlib import Path
from typing import Any

from running.operations import OPERATIONS
from running.platform import Platform, silent
from tests.conftest import Ask
from tests.journeys.steps import command, fold

HEADER = (
    "点位编号,记录编号,过车时间,车牌号码,车牌颜色,燃料类型,车速(km/h),加速度(m/s2),比功率(kW/t),CO(%),HC(ppm),"
    "NO(ppm),不透光度(%),林格曼黑度,有效标志"
)
PASSES = [
    "rs1,1,2021-09-01 08:00:00,赣G12345,黄,柴油,42,0.3,8,0.1,20,300,34,,1",
    "rs1,2,2021-10-01 08:00:00,赣G12345,黄,柴油,42,0.3,25,0.1,20,300,12,,1",
    "rs1,3,2022-01-05 08:30:00,赣G12345,黄,柴油,42,0.3,8,0.1,20,300,31,1,1",
    "rs1,4,2022-01-05 09:00:00,赣A1,蓝,汽油,42,0.3,8,4.1,900,5000,,,1",
    "rs1,5,2022-01-05 09:01:00,,其他,,,,,,,,,,",
    "rs1,6,2022-01-05 09:02:00,赣A2,紫,柴油,42,0.3,8,0.1,20,300,31,1,1",
]
EVIDENCE = {"evidenceUrls": ["https://example.test/1.jpg"], "evidenceSha256": ["0" * 64]}
DEVICE = {"nameZh": "甲", "nameEn": "A", "positionSource": "test", "road": "滨江东路"}


def devices(ask: Ask) -> None:
    for site_id, kind in (("rs1", "REMOTE_SENSING"), ("cam1", "SMOKE_CAMERA")):
        assert command(ask, "registerVehicleDevice", siteId=site_id, deviceKind=kind, **DEVICE)["eventIds"]


def imported(platform: Platform, folder: Path, rows: list[str]) -> dict[str, Any]:
    (folder / "passes.csv").write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    said = {"files": [str(folder / "passes.csv")], "kind": "remote-sensing"}
    report = OPERATIONS["import"](platform, said, silent)
    fold(platform)
    return report


def test_a_vehicle_that_exceeds_twice_running_is_an_offender_until_it_is_inspected(
    platform: Platform, ask: Ask, tmp_path: Path
) -> None:
    devices(ask)
    report = imported(platform, tmp_path, PASSES)
    assert (report["accepted"], report["refused_by_code"]) == (5, {"unknown_value": 1})
    assert imported(platform, tmp_path, PASSES)["repeated"] == 5
    asked = """{ vehicleOffenders(repeatOffender: true) {
      nodes { plate exceeding remedied met { item metAt recordNo } } } }"""
    offender = {
        "plate": "赣G12345", "exceeding": 2, "remedied": False,
        "met": [{"item": "opacity_percent", "metAt": "2022-01-05T00:30:00+00:00", "recordNo": "3"}],
    }  # fmt: skip
    assert ask(asked)["vehicleOffenders"]["nodes"] == [offender]
    inspected = {"reportNo": "1", "plate": "赣G12345", "plateColour": "YELLOW", "station": "甲", "result": "PASS"}
    assert command(ask, "recordVehicleInspection", inspectedOn="2022-01-06", **inspected)["eventIds"]
    assert ask(asked)["vehicleOffenders"]["nodes"] == [{**offender, "remedied": True}]
    days = '{ vehicleDeviceDays(since: "2022-01-05", until: "2022-01-05") { nodes { passes valid exceeding } } }'
    assert ask(days)["vehicleDeviceDays"]["nodes"] == [{"passes": 3, "valid": 2, "exceeding": 1}]
    within = 'since: "2022-01-05T00:00:00Z", until: "2022-01-05T01:00:00Z"'
    hours = f"{{ vehicleDeviceHours({within}) {{ nodes {{ hour passes }} }} }}"
    assert ask(hours)["vehicleDeviceHours"]["nodes"] == [{"hour": "2022-01-05T00:00:00+00:00", "passes": 1}]
    period = 'since: "2021-01-01T00:00:00Z", until: "2023-01-01T00:00:00Z"'
    passes = ask(f"{{ vehiclePasses({period}) {{ nodes {{ recordNo valid whyInvalid exceeded basis }} }} }}")[
        "vehiclePasses"
    ]["nodes"]
    assert [(p["recordNo"], p["whyInvalid"], p["basis"]) for p in passes] == [
        ("1", [], "HJ 845-2017"), ("2", ["vsp_kw_t"], None), ("3", [], "HJ 845-2017"), ("4", [], None),
        ("5", ["device"], None),
    ]  # fmt: skip
    assert (
        ask('{ vehicleOffenders(asOf: "2021-01-01T00:00:00Z") { nodes { plate } } }')["vehicleOffenders"]["nodes"]
        == []
    )


def test_a_capture_counts_when_it_is_confirmed(ask: Ask) -> None:
    devices(ask)
    seen = {"siteId": "cam1", "passedAt": "2022-01-05T08:00:00+08:00", "plateColour": "YELLOW", "ringelmann": 3.0}
    assert (
        command(ask, "reviewSmokyVehicle", siteId="cam1", recordNo="1", decision="CONFIRMED", reviewedBy="甲")[
            "code"
        ]
        == "unknown_smoky_capture"
    )
    for number, plate in (("1", "赣G1"), ("2", "赣G2")):
        assert command(ask, "captureSmokyVehicle", recordNo=number, plate=plate, **seen, **EVIDENCE)["eventIds"]
    assert ask("{ vehicleOffenders { nodes { plate } } }")["vehicleOffenders"]["nodes"] == []
    review = {"siteId": "cam1", "reviewedBy": "甲"}
    assert (
        command(ask, "reviewSmokyVehicle", recordNo="2", decision="REJECTED", **review)["code"] == "reason_missing"
    )
    assert command(ask, "reviewSmokyVehicle", recordNo="1", decision="CONFIRMED", **review)["eventIds"]
    assert command(ask, "reviewSmokyVehicle", recordNo="2", decision="REJECTED", reason="阴影", **review)[
        "eventIds"
    ]
    assert ask("{ vehicleOffenders { nodes { plate smokyConfirmed } } }")["vehicleOffenders"]["nodes"] == [
        {"plate": "赣G1", "smokyConfirmed": 1}
    ]
    assert ask("{ smokyVehicles { nodes { recordNo state } } }")["smokyVehicles"]["nodes"] == [
        {"recordNo": "1", "state": "CONFIRMED"}, {"recordNo": "2", "state": "REJECTED"},
    ]  # fmt: skip
    assert ask('{ sites(kind: "vehicle_device") { nodes { siteId } } }')["sites"]["nodes"] == [
        {"siteId": "cam1"},
        {"siteId": "rs1"},
    ]
