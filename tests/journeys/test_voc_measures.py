"""Volatile organic compounds: an enterprise's plan, measures, tanks and bypasses; and the list of odours."""

from typing import Any

from demo import simulator, voc
from running.platform import Platform
from tests.conftest import Ask
from tests.journeys.steps import command, enterprise

ENTRY = {
    "enterpriseId": "e", "industry": "surface coating", "processes": ["喷涂"], "materials": ["油漆", "稀释剂"],
    "vocContentsPercent": [40.0, 100.0], "usesTPerYear": [20.0, 5.0],
    "generatedTPerYear": 13.0, "emittedTPerYear": 4.0, "grade": "C",
}  # fmt: skip
MEASURE = {"measureId": "m", "enterpriseId": "e", "category": "SOURCE_SUBSTITUTION", "description": "水性漆"}


def done(ask: Ask, name: str, /, **given: Any) -> None:
    assert command(ask, name, **given)["eventIds"], name


def test_a_measure_is_planned_postponed_and_completed_late(ask: Ask) -> None:
    enterprise(ask, "e")
    assert command(ask, "planVocMeasure", **MEASURE, dueOn="2022-06-30")["code"] == "unknown_voc_enterprise"
    done(ask, "registerVocEnterprise", **ENTRY)
    done(ask, "adoptVocPlan", enterpriseId="e", version=1, adoptedOn="2022-01-03", targetReductionTPerYear=3.0)
    done(ask, "planVocMeasure", **MEASURE, dueOn="2022-06-30", expectedReductionTPerYear=2.5)
    late = '{ vocMeasures(overdueOn: "2022-07-01") { nodes { measureId dueOn } } }'
    assert ask(late)["vocMeasures"]["nodes"] == [{"measureId": "m", "dueOn": "2022-06-30"}]
    done(ask, "postponeVocMeasure", measureId="m", dueOn="2022-09-30", reason="供货")
    assert ask(late)["vocMeasures"]["nodes"] == []
    done(ask, "completeVocMeasure", measureId="m", done="换漆", completedOn="2022-10-02", verifiedBy="甲")
    assert ask("{ vocMeasures { nodes { status firstDueOn postponements daysLate } } }")["vocMeasures"][
        "nodes"
    ] == [{"status": "COMPLETED", "firstDueOn": "2022-06-30", "postponements": 1, "daysLate": 2}]
    asked = "vocUsedTPerYear targetReductionTPerYear achievedReductionTPerYear completedMeasures grade"
    assert ask(f'{{ vocEnterprises(enterpriseId: "e") {{ nodes {{ {asked} }} }} }}')["vocEnterprises"]["nodes"] == [
        {"vocUsedTPerYear": 13.0, "targetReductionTPerYear": 3.0, "achievedReductionTPerYear": 2.5,
         "completedMeasures": 1, "grade": "C"}
    ]  # fmt: skip
    assert ask('{ vocPlans(asOf: "2020-01-01T00:00:00Z") { nodes { version } } }')["vocPlans"]["nodes"] == []


def test_a_tank_is_judged_and_its_problem_solved(ask: Ask) -> None:
    enterprise(ask, "e")
    tank = {"tankId": "t", "enterpriseId": "e", "content": "苯", "volumeM3": 500.0, "vapourPressureKpa": 30.0}
    done(ask, "registerTank", **tank, kind="FIXED_ROOF", vapourTreatment="NONE")
    judged = "{ tanks(meets: false) { nodes { tankId requirement requirementStatus openProblems dueOn } } }"
    inspected = {"inspectionId": "i", "tankId": "t", "found": "呼吸阀泄漏", "leakUmolMol": 2600.0, "problem": True}
    done(ask, "inspectTank", **inspected, inspectedOn="2022-03-01", dueOn="2022-03-16")
    assert ask(judged)["tanks"]["nodes"] == [
        {"tankId": "t", "requirement": "FLOATING_ROOF_OR_TREATMENT", "requirementStatus": "from-knowledge",
         "openProblems": 1, "dueOn": "2022-03-16"}
    ]  # fmt: skip
    overdue = '{ tankInspections(overdueOn: "2022-03-17", enterpriseId: "e") { nodes { inspectionId } } }'
    assert ask(overdue)["tankInspections"]["nodes"] == [{"inspectionId": "i"}]
    done(ask, "closeTankProblem", inspectionId="i", done="更换阀门", closedOn="2022-03-18")
    assert ask(overdue)["tankInspections"]["nodes"] == []
    done(ask, "registerTank", **tank, kind="INTERNAL_FLOATING", seal="LIQUID_MOUNTED")
    assert ask("{ tanks { nodes { meets metBy } } }")["tanks"]["nodes"] == [
        {"meets": True, "metBy": ["INTERNAL_FLOATING_ROOF"]}
    ]


def test_a_round_of_leak_detection_is_reported(ask: Ask) -> None:
    enterprise(ask, "e")
    done(ask, "registerVocEnterprise", **ENTRY)
    found = {"components": 400, "checked": 390, "leaking": 4, "repairedInTime": 3, "unrepaired": 1}
    days = {"roundId": "r", "enterpriseId": "e", "begunOn": "2022-03-01", "endedOn": "2022-03-09"}
    done(ask, "reportLdarRound", **days, **found, leakFromUmolMol=2000.0)
    asked = "leakingShare inTimeShare strictEnough repairWithinDays limitStatus"
    assert ask(f'{{ ldarRounds(enterpriseId: "e") {{ nodes {{ {asked} }} }} }}')["ldarRounds"]["nodes"] == [
        {"leakingShare": 1.0, "inTimeShare": 75.0, "strictEnough": True, "repairWithinDays": 15,
         "limitStatus": "from-knowledge"}
    ]  # fmt: skip


def test_a_bypass_is_opened_without_a_report_and_removed(ask: Ask) -> None:
    enterprise(ask, "e")
    done(ask, "registerBypass", bypassId="b", enterpriseId="e", place="RTO", keptFor="安全", sealNo="1")
    at = {"opened": "2022-03-01T00:00:00Z", "closed": "2022-03-01T01:30:00Z"}
    done(ask, "openBypass", bypassId="b", reason="停电", openedAt=at["opened"])
    done(ask, "closeBypass", bypassId="b", sealNo="2", closedAt=at["closed"])
    silent = "{ bypassOpenings(reported: false) { nodes { bypassId opening durationH } } }"
    assert command(ask, "closeBypass", bypassId="b", sealNo="2", closedAt=at["closed"])["eventIds"] == []
    assert ask(silent)["bypassOpenings"]["nodes"] == [{"bypassId": "b", "opening": 1, "durationH": 1.5}]
    seen = {"inspectedOn": "2022-03-02", "sealIntact": True, "found": "铅封编号不符", "problem": True}
    done(ask, "inspectBypass", bypassId="b", sealNo="1", **seen)
    done(ask, "reportBypassOpening", bypassId="b", opening=1, reportedAt="2022-03-02T02:00:00Z")
    assert ask(silent)["bypassOpenings"]["nodes"] == []
    done(ask, "removeBypass", bypassId="b", removedOn="2022-04-01", done="拆除")
    assert command(ask, "openBypass", bypassId="b", openedAt=at["closed"], reason="x")["code"] == "illegal_step"
    assert ask('{ bypasses(enterpriseId: "e") { nodes { state sealNo sealAgrees openings } } }')["bypasses"][
        "nodes"
    ] == [{"state": "REMOVED", "sealNo": "2", "sealAgrees": False, "openings": 1}]


def test_an_enterprise_with_odours_is_listed_measured_and_taken_off(ask: Ask) -> None:
    enterprise(ask, "e")
    listed = {"enterpriseId": "e", "substances": ["硫化氢"], "sources": ["污水站"], "reason": "投诉"}
    done(ask, "listOdourEnterprise", **listed, listedOn="2022-01-05", boundaryClass="CLASS_2")
    for number, day in enumerate(("2022-01-31", "2022-02-01", "2022-03-01")):
        smelled = {"smelledAt": f"{day}T12:00:00Z", "place": "滨江路", "smell": "臭鸡蛋味", "enterpriseId": "e"}
        done(ask, "recordOdourComplaint", complaintId=str(number), **smelled)
    measured = {"measuredAt": "2022-02-20T02:00:00Z", "point": "北厂界", "method": "HJ 1262-2022"}
    said = {"measurementId": "m", "enterpriseId": "e", "odourConcentration": 23.0}
    done(ask, "recordOdourMeasurement", **said, **measured)
    asked = "state odourLimit exceeds complaints limitStatus"
    assert ask(f'{{ odourEnterprises(day: "2022-03-01", days: 28) {{ {asked} }} }}')["odourEnterprises"] == [
        {"state": "LISTED", "odourLimit": 20.0, "exceeds": True, "complaints": 1, "limitStatus": "from-knowledge"}
    ]
    done(ask, "delistOdourEnterprise", enterpriseId="e", delistedOn="2022-05-01", reason="治理完成")
    assert ask("{ odourEnterprises { state complaints } }")["odourEnterprises"] == [
        {"state": "DELISTED", "complaints": 3}
    ]
    assert ask('{ odourEnterprises(asOf: "2020-01-01T00:00:00Z") { state } }')["odourEnterprises"] == []
    assert (
        len(ask("{ odourMeasurements(exceeds: true) { nodes { measurementId } } }")["odourMeasurements"]["nodes"])
        == 1
    )
    since = '{ odourComplaints(since: "2022-02-01", until: "2022-03-01") { nodes { day } } }'
    assert [each["day"] for each in ask(since)["odourComplaints"]["nodes"]] == ["2022-03-01", "2022-02-01"]


def test_the_demo_may_be_played_again(platform: Platform, ask: Ask) -> None:
    enterprise(ask, "demo-coating", "demo-chemical")
    said = voc.commands()
    assert simulator.play(platform.handler, said) == len(said)
    assert simulator.play(platform.handler, said) == 0
    assert ask("{ vocEnterprises { nodes { enterpriseId tanksNotMeeting unreportedOpenings } } }")[
        "vocEnterprises"
    ]["nodes"] == [
        {"enterpriseId": "demo-chemical", "tanksNotMeeting": 1, "unreportedOpenings": 1},
        {"enterpriseId": "demo-coating", "tanksNotMeeting": 0, "unreportedOpenings": 0},
    ]
