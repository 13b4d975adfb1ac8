"""A stack's hour exceeds its permit, a case cites it, and a reviewer invalidates it: the case shows that."""

from typing import Any

from running.platform import Platform
from tests.conftest import NOW, Ask
from tests.journeys.steps import command, enterprise, fold, observe, source_monitor

PERMIT = {
    "permitNo": "p", "enterpriseId": "e", "management": "KEY", "validFrom": "2022-01-01",
    "validUntil": "2026-12-31", "factors": ["SO2_stack"], "limits": [35.0],
}  # fmt: skip
BOILER = {"standard": "GB 13271-2014", "scope": "锅炉 新建", "level": "燃煤", "stackNo": "DA001"}
SPAN = {"since": "2022-01-03T04:00:00Z", "until": "2022-01-03T05:00:00Z"}
EXCEEDED = f"""{{ sourceExceedances(since: "{SPAN["since"]}", until: "{SPAN["until"]}") {{ nodes {{
  factor limitValue multiple permitNo standard stackNo eventId }} }} }}"""
CITED = """{ cases { evidence { siteId stands why topic partition logOffset
  readings { factor value stands } exceedances { factor multiple } } } }"""
CASE = {"enterpriseId": "e", "cause": "超标排放", "legalBasis": "大气污染防治法 art. 99"}


def exceedances(ask: Ask) -> Any:
    return ask(EXCEEDED)["sourceExceedances"]["nodes"]


def test_a_case_says_whether_what_it_cites_still_stands(platform: Platform, ask: Ask) -> None:
    enterprise(ask, "e")
    source_monitor(ask, "cems", "STACK", "e", **BOILER)
    observe(ask, "cems", SPAN["since"], {"SO2_stack": 70.0, "NOx_stack": 330.0})
    fold(platform)
    assert [(x["factor"], x["standard"], x["limitValue"]) for x in exceedances(ask)] == [
        ("NOx_stack", "GB 13271-2014", 300.0)
    ]
    assert command(ask, "grantPermit", **PERMIT)["eventIds"]
    nox, so2 = exceedances(ask)
    assert (so2["permitNo"], so2["limitValue"], so2["multiple"], so2["stackNo"]) == ("p", 35.0, 1.0, "DA001")
    assert nox["multiple"] == 0.1

    unknown = ["6f2ff0a3-0000-5000-8000-000000000000"]
    refused = command(ask, "fileCase", caseId="c", evidenceIds=unknown, **CASE)
    assert (refused["code"], refused["where"]) == ("unknown_observation", "evidence_ids")
    assert command(ask, "fileCase", caseId="c", evidenceIds=[so2["eventId"]], **CASE)["eventIds"]
    (cited,) = ask(CITED)["cases"][0]["evidence"]
    assert cited == {
        "siteId": "cems", "stands": True, "why": [], "topic": "env1357.air", "partition": 0,
        "logOffset": cited["logOffset"],
        "readings": [{"factor": "NOx_stack", "value": 330.0, "stands": True},
                     {"factor": "SO2_stack", "value": 70.0, "stands": True}],
        "exceedances": [{"factor": "NOx_stack", "multiple": 0.1}, {"factor": "SO2_stack", "multiple": 1.0}],
    }  # fmt: skip

    review = {"siteId": "cems", "reviewId": "r", "factors": ["SO2_stack"], "period": "HOUR", "verdict": "INVALID"}
    assert command(ask, "markReadings", **review, **SPAN, reason="校准期间")["eventIds"]
    assert [x["factor"] for x in exceedances(ask)] == ["NOx_stack"]
    (cited,) = ask(CITED)["cases"][0]["evidence"]
    assert (cited["stands"], cited["exceedances"]) == (False, [{"factor": "NOx_stack", "multiple": 0.1}])
    assert cited["why"] == ["SO2_stack: invalidated by review r of test: 校准期间"]


def test_a_correction_takes_evidence_away_and_as_of_says_so_too(platform: Platform, ask: Ask) -> None:
    enterprise(ask, "e")
    source_monitor(ask, "cems", "STACK", "e", **BOILER)
    observe(ask, "cems", SPAN["since"], {"NOx_stack": 330.0})
    fold(platform)
    cited = exceedances(ask)[0]["eventId"]
    assert command(ask, "fileCase", caseId="c", evidenceIds=[cited], **CASE)["eventIds"]
    observe(ask, "cems", SPAN["since"], {"NOx_stack": 230.0})
    fold(platform)
    (evidence,) = ask(CITED)["cases"][0]["evidence"]
    assert (evidence["stands"], evidence["exceedances"], exceedances(ask)) == (False, [], [])
    assert evidence["why"][0].endswith("as 230.0 mg/m³")
    then = CITED.replace("cases {", f'cases(asOf: "{NOW.isoformat()}") {{')
    assert ask(then)["cases"][0]["evidence"] == [evidence]
