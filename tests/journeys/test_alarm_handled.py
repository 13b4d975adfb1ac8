"""An alarm of a kitchen from the hour that raises it: assigned, acknowledged, handled, closed and opened again."""

from running.platform import Platform
from tests.conftest import Ask
from tests.journeys.steps import command, fold, observe, source_monitor

HOUSE = {"siteId": "h", "nameZh": "甲", "nameEn": "A", "positionSource": "test", "stoves": 4.0}
ASKED = """{ alarms(at: "2022-01-04T00:00:00Z", siteId: "m", family: "CATERING") {
  nodes { alarmId status clearedAt limitId assignedTo done outcome } } }"""


def test_an_alarm_goes_through_one_chain(platform: Platform, ask: Ask) -> None:
    assert command(ask, "registerCatering", **HOUSE)["eventIds"]
    source_monitor(ask, "m", "CATERING", "h")
    for hour, fume in enumerate((2.5, 2.6, 1.0)):
        observe(ask, "m", f"2022-01-03T{10 + hour}:00:00Z", {"cooking_fume": fume})
    fold(platform)
    (alarm,) = ask(ASKED)["alarms"]["nodes"]
    name = {"alarmId": alarm["alarmId"]}
    assert (alarm["status"], alarm["clearedAt"]) == ("RAISED", "2022-01-03T13:00:00+00:00")

    assert command(ask, "assignAlarm", alarmId=f"{name['alarmId']}x", assignee="乙")["code"] == "unknown_alarm"
    assert command(ask, "reopenAlarm", **name, reason="x")["code"] == "illegal_step"
    assert command(ask, "assignAlarm", **name, assignee="乙")["eventIds"]
    assert command(ask, "acknowledgeAlarm", **name, action="on the way")["eventIds"]
    early = command(ask, "closeAlarm", **name, outcome="REMEDIED", reason="x")
    assert (early["code"], early["where"]) == ("not_handled", "outcome")
    assert command(ask, "handleAlarm", **name, done="the filter was cleaned")["eventIds"]
    assert command(ask, "closeAlarm", **name, outcome="REMEDIED", reason="measured anew")["eventIds"]
    (closed,) = ask(ASKED)["alarms"]["nodes"]
    assert [closed[key] for key in ("status", "assignedTo", "done", "outcome")] == [
        "CLOSED", "乙", "the filter was cleaned", "REMEDIED",
    ]  # fmt: skip
    assert command(ask, "handleAlarm", **name, done="more")["code"] == "illegal_step"
    assert command(ask, "reopenAlarm", **name, reason="it smells again")["eventIds"]
    asked = f'{{ alarmSteps(alarmId: "{name["alarmId"]}") {{ nodes {{ step }} }} }}'
    steps = [node["step"] for node in ask(asked)["alarmSteps"]["nodes"]]
    assert sorted(steps) == ["ACKNOWLEDGED", "ASSIGNED", "CLOSED", "HANDLED", "REOPENED"]
