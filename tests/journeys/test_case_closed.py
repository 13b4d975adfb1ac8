"""Enforcement: an enterprise, its permit, an inspection that opens a case, and the case to its closing."""

from tests.conftest import Ask
from tests.journeys.steps import command, enterprise

PERMIT = {
    "permitNo": "p", "enterpriseId": "e", "management": "KEY", "validFrom": "2022-01-01",
    "validUntil": "2026-12-31", "factors": ["COD"], "limits": [50.0],
}  # fmt: skip
AT = {"occurredAt": "2022-01-03T20:00:00Z"}  # the 4th in Xunyang


def test_an_inspection_opens_a_case_and_the_case_is_closed(ask: Ask) -> None:
    enterprise(ask, "e")
    assert command(ask, "grantPermit", **PERMIT)["eventIds"]
    seen = {"enterpriseId": "e", "inspectors": ["甲", "乙"], "findings": "超标", "violation": True}
    assert command(ask, "recordInspection", inspectionId="i", **seen)["eventIds"]
    opened = {
        "caseId": "c",
        "enterpriseId": "e",
        "inspectionId": "i",
        "cause": "超标排放",
        "legalBasis": "art. 1107",
    }
    assert command(ask, "fileCase", **opened, **AT)["eventIds"]
    assert ask("{ enterprises { nodes { permitNo inspections cases openCases } } }")["enterprises"]["nodes"] == [
        {"permitNo": "p", "inspections": 1, "cases": 1, "openCases": 1}
    ]
    for name, given in (
        ("investigateCase", {"conclusion": "属实"}),
        ("notifyCase", {"intendedFineYuan": 100000}),
        ("decideCase", {"decision": "PENALTY", "decisionNo": "1", "fineYuan": 100000}),
        ("fulfilCase", {"paidYuan": 100000}),
        ("closeCase", {"reason": "已缴清"}),
    ):
        assert command(ask, name, caseId="c", **given, **AT)["eventIds"], name
    assert ask("{ cases { status fineYuan decisionDueOn paymentDueOn closingReason } }")["cases"] == [
        {
            "status": "CLOSED", "fineYuan": 100000.0, "decisionDueOn": "2022-04-04", "paymentDueOn": "2022-01-19",
            "closingReason": "已缴清",
        }
    ]  # fmt: skip
    assert ask("{ enterprises { nodes { openCases } } }")["enterprises"]["nodes"] == [{"openCases": 0}]
