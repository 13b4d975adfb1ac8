"""Risk: a risk source and a receptor are registered; an incident is reported, escalated and closed."""

from tests.conftest import Ask
from tests.journeys.steps import command

PLACE = {"positionSource": "test", "lon": 116.0, "lat": 29.7}
ASKED = """query($asOf: DateTime) { incidents(asOf: $asOf) {
  nodes { status level firstLevel timesEscalated reportDueAt } } }"""


def test_an_incident_is_reported_escalated_and_closed(ask: Ask) -> None:
    tank = {
        "siteId": "tank",
        "nameZh": "罐区",
        "nameEn": "Tanks",
        "substances": ["苯"],
        "quantitiesT": [5.0],
        **PLACE,
    }
    school = {
        "siteId": "school",
        "nameZh": "学校",
        "nameEn": "School",
        "category": "SCHOOL",
        "people": 900,
        **PLACE,
    }
    assert command(ask, "registerRiskSource", **tank)["eventIds"]
    assert command(ask, "registerReceptor", **school)["eventIds"]
    at = "2022-01-03T01:00:00Z"
    said = {
        "incidentId": "1",
        "titleZh": "泄漏",
        "titleEn": "Spill",
        "level": 4,
        "reportedBy": "甲",
        "occurredAt": at,
    }
    assert command(ask, "reportIncident", siteId="tank", **said)["eventIds"]
    assert command(ask, "escalateIncident", incidentId="1", level=4, reason="x")["code"] == "not_graver"
    later = {"incidentId": "1", "level": 2, "reason": "x", "occurredAt": "2022-01-03T02:00:00Z"}
    assert command(ask, "escalateIncident", **{**later, "occurredAt": "2022-01-03T00:59:00Z"})["code"] == (
        "before_the_last_step"
    )
    assert command(ask, "escalateIncident", **later)["eventIds"]
    assert command(ask, "closeIncident", incidentId="1", conclusion="x")["eventIds"]
    assert command(ask, "escalateIncident", incidentId="1", level=1, reason="x")["code"] == "illegal_step"
    assert ask(ASKED)["incidents"]["nodes"] == [
        {
            "status": "CLOSED", "level": 2, "firstLevel": 4, "timesEscalated": 1,
            "reportDueAt": "2022-01-03T04:00:00+00:00",
        }
    ]  # fmt: skip
    assert ask(ASKED, asOf="2020-01-01T00:00:00Z")["incidents"]["nodes"] == []
