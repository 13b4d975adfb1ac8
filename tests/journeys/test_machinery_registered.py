"""Non-road machinery: a machine is registered, inspected and found in a low-emission zone below its stage."""

from tests.conftest import Ask
from tests.journeys.steps import command

MACHINE = {"registrationNo": "赣G-3A000001", "kind": "EXCAVATOR", "fuel": "DIESEL", "powerKw": 110.0}
ZONE = {
    "zoneId": "z", "nameZh": "禁用区", "nameEn": "zone", "lons": [115.9, 116.1, 116.1, 115.9],
    "lats": [29.6, 29.6, 29.8, 29.8], "minimumStage": "III", "inForceFrom": "2021-01-01", "basis": "通告",
}  # fmt: skip
IN_ZONE = (
    'zoneMachinery(on: "2026-12-01", belowMinimum: true) { nodes { registrationNo emissionStage belowMinimum } }'
)


def test_a_machine_of_too_low_a_stage_is_found_in_a_zone(ask: Ask) -> None:
    no = {"registrationNo": MACHINE["registrationNo"]}
    assert command(ask, "defineLowEmissionZone", **ZONE)["eventIds"]
    assert ask("{ lowEmissionZones { nodes { zoneId minimumStage lons } } }")["lowEmissionZones"]["nodes"] == [
        {"zoneId": "z", "minimumStage": "III", "lons": ZONE["lons"]}
    ]
    move = {**no, "direction": "ENTERED", "placeId": "工地一", "lon": 116.0, "lat": 29.7}
    assert command(ask, "moveMachinery", **move)["code"] == "unknown_machinery"
    assert command(ask, "registerMachinery", **MACHINE, emissionStage="II")["eventIds"]
    assert command(ask, "registerMachinery", **MACHINE, emissionStage="II")["eventIds"] == []
    assert command(ask, "inspectMachinery", **no, inspectedOn="2022-01-04", opacityM1=1.7, passed=True)["eventIds"]
    assert command(ask, "moveMachinery", **move)["eventIds"]
    found = {"registrationNo": no["registrationNo"], "emissionStage": "II", "belowMinimum": True}
    assert ask(f"{{ {IN_ZONE} }}")["zoneMachinery"]["nodes"] == [found]
    asked = "{ machinery { nodes { withinLimits opacityLimitM1 limitCategory limitStatus } } }"
    assert ask(asked)["machinery"]["nodes"] == [
        {"withinLimits": False, "opacityLimitM1": 1.61, "limitCategory": "I", "limitStatus": "from-knowledge"}
    ]
    assert ask("{ machineryCounts { nodes { kind emissionStage machines beyondLimits } } }")["machineryCounts"][
        "nodes"
    ] == [{"kind": "EXCAVATOR", "emissionStage": "II", "machines": 1, "beyondLimits": 1}]
    assert command(ask, "moveMachinery", **{**move, "direction": "LEFT"})["eventIds"]
    assert ask(f"{{ {IN_ZONE} }}")["zoneMachinery"]["nodes"] == []
    assert command(ask, "scrapMachinery", **no, scrappedOn="2022-02-01")["eventIds"]
    assert command(ask, "moveMachinery", **move)["code"] == "illegal_step"
    assert ask('{ machinery(status: "SCRAPPED") { nodes { scrappedOn } } }')["machinery"]["nodes"] == [
        {"scrappedOn": "2022-02-01"}
    ]
    before = 'asOf: "2021-01-01T00:00:00Z"'
    assert ask(f"{{ machineryCounts {{ nodes {{ kind }} }} machinery({before}) {{ nodes {{ kind }} }} }}") == {
        "machineryCounts": {"nodes": []}, "machinery": {"nodes": []},
    }  # fmt: skip
