"""A7: an enterprise's plan against VOCs, its measures, tanks, bypasses and leaks, and the list of odours."""

from typing import Any

import pytest

from tests.journeys.house import House

ENTRY: dict[str, Any] = {
    "industry": "surface coating", "processes": ["喷涂"], "materials": ["油漆", "稀释剂"],
    "vocContentsPercent": [42.0, 100.0], "usesTPerYear": [30.0, 4.0], "generatedTPerYear": 16.6,
    "emittedTPerYear": 5.0, "keyUnit": True, "grade": "B",
}  # fmt: skip


@pytest.fixture(scope="module")
def plant(house: House) -> House:
    house.place("registerEnterprise", "paint", industry="涂装")
    house.does("registerVocEnterprise", enterpriseId="paint", **ENTRY)
    return house


def of(house: House, columns: str) -> tuple[Any, ...]:
    (row,) = house.rows('vocEnterprises(enterpriseId: "paint")', columns)
    return row


def test_what_it_uses_follows_from_its_materials(plant: House) -> None:
    # 30 t × 42 % + 4 t × 100 %
    assert of(plant, "vocUsedTPerYear keyUnit grade") == (16.6, True, "B")
    assert plant.rows('vocEnterprises(grade: "B", keyUnit: true)', "enterpriseId") == [("paint",)]
    assert plant.rows('vocEnterprises(grade: "A")', "enterpriseId") == []
    odd = {**ENTRY, "usesTPerYear": [30.0]}
    assert plant.refuses("registerVocEnterprise", enterpriseId="paint", **odd)  # lists that go by position


def test_measures_of_the_plan_are_counted_as_they_come_in(plant: House) -> None:
    plan = {"enterpriseId": "paint", "adoptedOn": "2026-01-10", "targetReductionTPerYear": 3.0}
    plant.does("adoptVocPlan", version=1, **plan)
    plant.does("adoptVocPlan", version=2, **{**plan, "targetReductionTPerYear": 4.0})
    assert plant.rows('vocPlans(enterpriseId: "paint")', "version current targetReductionTPerYear") == [
        (1, False, 3.0), (2, True, 4.0),
    ]  # fmt: skip
    measure = {"enterpriseId": "paint", "category": "TREATMENT_UPGRADE", "description": "RTO"}
    for number, tonnes in (("1", 2.5), ("2", 1.0), ("3", 0.5)):
        plant.does(
            "planVocMeasure", measureId=number, dueOn="2026-06-30", expectedReductionTPerYear=tonnes, **measure
        )
    columns = "plannedMeasures completedMeasures plannedReductionTPerYear achievedReductionTPerYear nextDueOn"
    assert of(plant, columns) == (3, 0, 4.0, None, "2026-06-30")
    plant.does("completeVocMeasure", measureId="1", done="RTO", completedOn="2026-07-02", verifiedBy="甲")
    plant.does("cancelVocMeasure", measureId="3", reason="停产")
    # what is cancelled is neither planned nor achieved any more: 2.5 + 1.0 planned, 2.5 achieved
    assert of(plant, columns) == (1, 1, 3.5, 2.5, "2026-06-30")
    assert plant.rows('vocMeasures(overdueOn: "2026-07-01")', "measureId") == [("2",)]
    assert plant.rows("vocMeasures(status: COMPLETED)", "measureId daysLate") == [("1", 2)]
    assert plant.refuses(
        "completeVocMeasure", measureId="3", done="x", completedOn="2026-07-02", verifiedBy="x"
    ) == ("illegal_step")


def test_a_tank_is_held_to_what_its_vapour_pressure_and_volume_ask_for(plant: House) -> None:
    tank = {"enterpriseId": "paint", "content": "甲苯", "kind": "FIXED_ROOF", "vapourTreatment": "TREATED"}
    for code, kpa, volume, percent in (
        ("t1", 27.5, 80.0, 10.0),  # below 27.6 kPa: nothing is asked for
        ("t2", 27.6, 80.0, 79.9),  # a treatment below 80 %
        ("t3", 27.6, 80.0, 80.0),
        ("t4", 27.6, 74.9, 10.0),  # below 75 m³
        ("t5", 76.6, 80.0, 99.0),  # a pressure tank is asked for
        ("t6", None, 80.0, 99.0),  # nobody knows
    ):
        plant.does(
            "registerTank", tankId=code, vapourPressureKpa=kpa, volumeM3=volume,
            treatmentEfficiencyPercent=percent, **tank,
        )  # fmt: skip
    # GB 37822-2019 5.2.1
    assert plant.rows('tanks(enterpriseId: "paint")', "tankId requirement meets metBy") == [
        ("t1", "NONE", True, []),
        ("t2", "FLOATING_ROOF_OR_TREATMENT", False, []),
        ("t3", "FLOATING_ROOF_OR_TREATMENT", True, ["TREATMENT"]),
        ("t4", "NONE", True, []),
        ("t5", "PRESSURE_TANK", False, []),
        ("t6", None, None, []),
    ]
    assert of(plant, "tanks tanksNotMeeting") == (6, 2)
    # a lid of another kind is put on, and the register says so
    plant.does(
        "registerTank", tankId="t2", vapourPressureKpa=27.6, volumeM3=80.0, enterpriseId="paint", content="甲苯",
        kind="INTERNAL_FLOATING", seal="LIQUID_MOUNTED",
    )  # fmt: skip
    assert of(plant, "tanksNotMeeting") == (1,)


def test_an_opened_bypass_nobody_reported_is_found_and_its_seal_is_compared(plant: House) -> None:
    plant.does(
        "registerBypass", bypassId="b", enterpriseId="paint", place="RTO前", keptFor="安全泄放", sealNo="S-1",
        flowMonitored=True, valveMonitored=False,
    )  # fmt: skip
    look = {"bypassId": "b", "sealIntact": True, "found": "铅封完好", "problem": False}
    plant.does("inspectBypass", inspectedOn="2026-02-01", sealNo="S-1", **look)
    assert plant.rows("bypasses", "state sealNo sealAgrees unreportedOpenings") == [("CLOSED", "S-1", True, 0)]
    plant.does("openBypass", bypassId="b", openedAt="2026-02-03T01:00:00Z", reason="检修")
    plant.does("closeBypass", bypassId="b", closedAt="2026-02-03T02:30:00Z", sealNo="S-2")
    assert plant.rows("bypassOpenings(reported: false)", "bypassId opening durationH") == [("b", 1, 1.5)]
    assert of(plant, "bypasses unreportedOpenings") == (1, 1)
    plant.does("inspectBypass", inspectedOn="2026-02-04", sealNo="S-1", **look)  # the old seal: somebody was there
    assert plant.rows("bypasses", "sealNo sealAgrees") == [("S-2", False)]
    plant.does("reportBypassOpening", bypassId="b", opening=1, reportedAt="2026-02-05T01:00:00Z")
    assert plant.rows("bypassOpenings(reported: false)", "bypassId") == []
    assert of(plant, "unreportedOpenings") == (0,)
    late = {"bypassId": "b", "opening": 9, "reportedAt": "2026-02-05T01:00:00Z"}
    assert plant.refuses("reportBypassOpening", **late)


def test_a_round_of_leak_detection_says_its_shares(plant: House) -> None:
    said = {
        "roundId": "r", "enterpriseId": "paint", "begunOn": "2026-03-01", "endedOn": "2026-03-20",
        "components": 1600, "checked": 1500, "leakFromUmolMol": 2000.0, "leaking": 48,
        "repairedInTime": 45, "repairedLate": 2, "unrepaired": 1,
    }  # fmt: skip
    plant.does("reportLdarRound", **said)
    columns = "checkedShare leakingShare inTimeShare strictEnough repairWithinDays"
    # 1500 / 1600 = 93.75 %, halves to even 93.8; 48 / 1500 = 3.2 %; 45 / 48 = 93.75 %
    assert plant.rows("ldarRounds", columns) == [(93.8, 3.2, 93.8, True, 15)]
    plant.does("reportLdarRound", **{**said, "leakFromUmolMol": 5000.5})
    assert plant.rows("ldarRounds", "strictEnough") == [(False,)]  # GB 37822-2019: 5000 µmol/mol
    assert plant.refuses("reportLdarRound", **{**said, "roundId": "q", "checked": 1601})
    assert plant.refuses("reportLdarRound", **{**said, "roundId": "q", "repairedLate": 9})


def test_the_list_of_odours_holds_a_measurement_to_the_class_at_the_boundary(plant: House) -> None:
    measured = {"enterpriseId": "paint", "point": "厂界东", "method": "三点比较式臭袋法"}
    at = "2026-04-01T02:00:00Z"
    plant.does("listOdourEnterprise", enterpriseId="paint", substances=["甲苯"], sources=["喷房"], reason="投诉",
               listedOn="2026-03-01", boundaryClass="CLASS_2", existing=False)  # fmt: skip
    for number, value in (("1", 20.0), ("2", 21.0)):
        plant.does(
            "recordOdourMeasurement", measurementId=number, measuredAt=at, odourConcentration=value, **measured
        )
    # GB 14554-93 Table 1: 20 in class 2 for new works, 30 for those that stood already
    assert plant.rows("odourMeasurements(exceeds: true)", "measurementId odourLimit") == [("2", 20)]
    listed = {"enterpriseId": "paint", "substances": ["甲苯"], "sources": ["喷房"], "reason": "投诉"}
    plant.does("listOdourEnterprise", listedOn="2026-03-01", boundaryClass="CLASS_2", existing=True, **listed)
    assert plant.rows("odourMeasurements(exceeds: true)", "measurementId") == []
    plant.does("recordOdourComplaint", complaintId="c", place="某小区", smelledAt="2026-04-30T16:30:00Z",
               smell="油漆", enterpriseId="paint")  # fmt: skip
    may = 'odourComplaints(since: "2026-05-01", until: "2026-05-31")'
    assert plant.rows(may, "complaintId day") == [("c", "2026-05-01")]  # 00:30 of 1 May in Xunyang
    assert plant.one(
        'odourEnterprises(state: "LISTED", day: "2026-05-10", days: 30)', "enterpriseId complaints"
    ) == [{"enterpriseId": "paint", "complaints": 1}]
