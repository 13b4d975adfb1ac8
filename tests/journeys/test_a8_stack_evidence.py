"""A8: an officer cites a stack's hour beyond its permit in a case, which says whether it still stands."""

from typing import Any

import pytest

from ingest.hj212.frame import frame
from tests.journeys.house import OFFICER, House

MN = "010000A8900016F000169DC8"
HOUR = 'since: "2026-05-01T02:00:00Z", until: "2026-05-01T03:00:00Z"'
BOILER = {"standard": "GB 13271-2014", "scope": "锅炉 新建", "level": "燃煤", "stackNo": "DA001"}
PERMIT = {
    "permitNo": "p", "enterpriseId": "works", "management": "KEY", "validFrom": "2026-01-01",
    "validUntil": "2030-12-31", "factors": ["SO2_stack", "NOx_stack"], "limits": [200.0, 200.0],
}  # fmt: skip
CASE = {"enterpriseId": "works", "cause": "超标排放大气污染物", "legalBasis": "大气污染防治法 第九十九条"}


@pytest.fixture(scope="module")
def works(house: House) -> House:
    """A coal boiler's stack with a device; its hour from 10:00 to 11:00 of 1 May 2026 came by HJ 212."""
    house.place("registerEnterprise", "works", industry="热力")
    house.place("registerSourceMonitor", "cems", watches="STACK", sourceId="works", **BOILER)
    house.does("registerDevice", mn=MN, siteId="cems", siteKind="SOURCE_MONITOR", password="123456",
               unitProfile="STACK")  # fmt: skip
    assert house.frames(said("a21026-ZsAvg=280,a21026-Flag=N;a21002-ZsAvg=310,a21002-Flag=N"), answered=1)
    return house


def said(items: str) -> bytes:
    """A frame of the hour; mg/m³ at the reference oxygen (折算), as HJ 212-2017 Annex B.2 prints them."""
    return frame(f"QN=1;ST=31;CN=2061;PW=123456;MN={MN};Flag=5;CP=&&DataTime=20260501100000;{items}&&".encode())


def exceeded(house: House) -> dict[str, tuple[Any, ...]]:
    columns = "factor value limitValue multiple permitNo standard"
    return {row[0]: row[1:] for row in house.rows(f'sourceExceedances(siteId: "cems", {HOUR})', columns)}


def test_without_a_permit_the_boiler_s_standard_limits_and_with_one_the_permit(works: House) -> None:
    # GB 13271-2014 Table 2, new coal boilers: SO2 300, NOx 300 mg/m³; (310 - 300) / 300 = 0.03
    assert exceeded(works) == {"NOx_stack": (310.0, 300.0, 0.03, None, "GB 13271-2014")}
    works.does("grantPermit", OFFICER, **PERMIT)
    # (280 - 200) / 200 = 0.4 and (310 - 200) / 200 = 0.55
    assert exceeded(works) == {
        "SO2_stack": (280.0, 200.0, 0.4, "p", None), "NOx_stack": (310.0, 200.0, 0.55, "p", None),
    }  # fmt: skip
    later = {**PERMIT, "validFrom": "2026-05-02"}
    works.does("grantPermit", OFFICER, **later)  # it is renewed: what held on days before goes on holding for them
    assert exceeded(works).keys() == {"SO2_stack", "NOx_stack"}


def test_the_officer_cites_the_hour_and_a_correction_takes_it_away(works: House) -> None:
    works.does("grantPermit", OFFICER, **PERMIT)
    (evidence,) = {row[0] for row in works.rows(f'sourceExceedances(siteId: "cems", {HOUR})', "eventId")}
    unknown = ["6f2ff0a3-0000-5000-8000-000000000000"]
    assert works.refuses("fileCase", OFFICER, caseId="c", evidenceIds=unknown, **CASE) == "unknown_observation"
    works.does("fileCase", OFFICER, caseId="c", evidenceIds=[evidence], **CASE)
    columns = "siteId stands why exceedances { factor multiple }"
    (cited,) = works.one('cases(enterpriseId: "works")', f"evidence {{ {columns} }}", OFFICER)[0]["evidence"]
    assert cited == {
        "siteId": "cems", "stands": True, "why": [],
        "exceedances": [{"factor": "NOx_stack", "multiple": 0.55}, {"factor": "SO2_stack", "multiple": 0.4}],
    }  # fmt: skip
    # the device sends the hour again, with the analyser of SO2 in calibration
    works.frames(said("a21026-ZsAvg=280,a21026-Flag=C;a21002-ZsAvg=310,a21002-Flag=N"), answered=1)
    (cited,) = works.one('cases(enterpriseId: "works")', f"evidence {{ {columns} }}", OFFICER)[0]["evidence"]
    assert (cited["stands"], [e["factor"] for e in cited["exceedances"]]) == (False, ["NOx_stack"])
    assert len(cited["why"]) == 1
    assert cited["why"][0].startswith("SO2_stack: ")


def test_the_stack_is_on_the_air_s_map_with_how_often_it_exceeded(works: House) -> None:
    row = {
        site: rest for site, *rest in works.rows('sourceMonitors(watches: "STACK")', "siteId stackNo exceedances")
    }
    assert row["cems"][0] == "DA001"
    assert works.map("air")["cems"]["exceedances"] == row["cems"][1] > 0


def test_two_stacks_of_one_enterprise_are_told_apart_and_nothing_is_cited_twice(works: House) -> None:
    works.place(
        "registerSourceMonitor", "cems2", watches="STACK", sourceId="works", **{**BOILER, "stackNo": "DA002"}
    )
    works.hears("cems2", "2026-05-01T02:00:00Z", {"NOx_stack": 330})
    found = works.rows(f'sourceExceedances(sourceId: "works", {HOUR})', "stackNo factor")
    assert ("DA002", "NOx_stack") in found
    assert len(found) == len(set(found))
