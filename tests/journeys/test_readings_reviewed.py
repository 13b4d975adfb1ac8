"""A spike is marked by a check, a reviewer invalidates it, and takes that back: what follows is computed anew."""

from ingest.observations import Observation
from ingest.quarantine import Submission
from running.platform import Platform
from tests.conftest import Ask
from tests.factories import NOON, SIX, hours
from tests.journeys.steps import command, fold

SPAN = {"since": "2022-01-03T05:00:00Z", "until": "2022-01-03T06:00:00Z"}
HOUR = f"""{{ airHours(siteId: "1804A", since: "{SPAN["since"]}", until: "{SPAN["until"]}") {{ aqi pm10UgM3 }} }}"""
MARKS = f"""{{ marks(siteId: "1804A", since: "{SPAN["since"]}", until: "{SPAN["until"]}") {{ nodes {{
  markedBy mark verdict value otherValue author }} }} }}"""


def said(platform: Platform) -> None:
    for at, pm10 in zip(hours(NOON, 3), [139.0, 370.0, 198.0], strict=True):
        readings = {factor: (value, "") for factor, value in {**SIX, "PM10": pm10}.items()}
        observation = Observation("1804A", "HOUR", at, readings, "cnemc")
        platform.observations.take([(observation, Submission("test", "", b""))], "test")
    fold(platform)


def test_a_reviewer_invalidates_a_spike_and_takes_it_back(ask: Ask, platform: Platform) -> None:
    place = {"siteId": "1804A", "nameZh": "两水厂", "nameEn": "Waterworks", "positionSource": "test"}
    command(ask, "registerStation", network="NATIONAL", **place)
    said(platform)
    assert ask(HOUR)["airHours"]["pm10UgM3"] == [370]
    (check,) = ask(MARKS)["marks"]["nodes"]
    assert (check["markedBy"], check["mark"], check["otherValue"]) == ("CHECK", "rate-PM10", 139)

    review = {"siteId": "1804A", "reviewId": "2022-1"}
    judged = command(
        ask, "markReadings", **review, **SPAN, factors=["PM10"], period="HOUR", verdict="INVALID", reason="a truck"
    )
    assert judged["__typename"] == "Accepted"
    assert ask(HOUR)["airHours"] == {"aqi": [None], "pm10UgM3": [None]}
    assert [(m["markedBy"], m["verdict"], m["author"]) for m in ask(MARKS)["marks"]["nodes"]] == [
        ("CHECK", "SUSPECT", None),
        ("REVIEWER", "INVALID", "test"),
    ]

    assert command(ask, "withdrawReview", **review, reason="it was dust")["__typename"] == "Accepted"
    assert ask(HOUR)["airHours"]["pm10UgM3"] == [370]


def test_a_review_that_can_t_be_followed_is_refused(ask: Ask) -> None:
    given = {"siteId": "1804A", "reviewId": "1", "period": "HOUR", "verdict": "INVALID", "reason": "x"}
    assert command(ask, "markReadings", **{**given, **SPAN, "until": SPAN["since"]})["code"] == "empty_span"
    assert command(ask, "markReadings", **{**given, **SPAN, "verdict": "PERHAPS"})["code"] == "unknown_value"
    assert command(ask, "markReadings", **{**given, **SPAN, "reason": " "})["where"] == "reason"
    assert command(ask, "markReadings", **given, **SPAN, factors=["gold"])["code"] == "unknown_factor"
    assert command(ask, "withdrawReview", siteId="1804A", reviewId="9", reason="x")["code"] == "unknown_review"
    assert command(ask, "acknowledgeAlarm", alarmId="FIRE/1", action="water")["code"] == "unknown_alarm"


def test_an_alarm_is_acknowledged_with_what_was_done(ask: Ask, platform: Platform) -> None:
    command(ask, "registerStation", siteId="1804A", nameZh="x", nameEn="x", positionSource="t", network="NATIONAL")
    said(platform)
    open_now = '{ alarms(at: "%s", cleared: false) { nodes { alarmId kind acknowledgedBy action } } }'
    assert ask(open_now % "2022-01-03T07:30:00Z")["alarms"]["nodes"] == []
    (alarm,) = ask(open_now % "2022-01-03T12:00:00Z")["alarms"]["nodes"]
    assert alarm["kind"] == "OFFLINE"
    command(ask, "acknowledgeAlarm", alarmId=alarm["alarmId"], action="the logger was restarted")
    (alarm,) = ask(open_now % "2022-01-03T12:00:00Z")["alarms"]["nodes"]
    assert (alarm["acknowledgedBy"], alarm["action"]) == ("test", "the logger was restarted")
    (day,) = ask(
        '{ transmission(bySource: false, since: "2022-01-03", until: "2022-01-03")'
        " { nodes { statedPeriods validityRate } } }"
    )["transmission"]["nodes"]
    assert day == {"statedPeriods": 3, "validityRate": 1.0}
    of_each = 'since: "2022-01-03", until: "2022-01-03", bySource: true'
    each = f"{{ transmission({of_each}) {{ nodes {{ source statedPeriods }} }} }}"
    assert [day["statedPeriods"] for day in ask(each)["transmission"]["nodes"] if day["source"]] == [3]
