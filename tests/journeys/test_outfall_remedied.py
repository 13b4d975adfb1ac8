"""Outfalls: 180 registered, four tasks taken in order, results against limits, what people decide on alarms."""

from datetime import date, datetime
from typing import Any

from running.platform import Platform
from services.water.commands import RegisterRiver
from services.water.outfalls import RegisterOutfall, ReportOutfallTask
from tests.conftest import Ask
from tests.journeys.steps import command, fold

PLACE = {"position_source": "test", "source": "test", "lon": 116.0, "lat": 29.74}


def register(platform: Platform, count: int) -> list[str]:
    """A river and so many outfalls of a sewage plant's effluent (GB 18918, 一级A); returns their codes."""
    platform.handler.handle(RegisterRiver(site_id="yangtze", name_zh="长江", name_en="Yangtze", **PLACE))
    codes = [f"outfall-{number:03d}" for number in range(1, count + 1)]
    commands = [
        RegisterOutfall(
            site_id=code, name_zh=code, name_en=code, water_body_id="yangtze", code=f"LA-360403-{code[-3:]}-SH-00",
            discharge_standard="GB 18918-2002", discharge_level="一级A", built_on=date(2017, 6, 1), **PLACE,  # type: ignore[arg-type]
        )
        for code in codes
    ]  # fmt: skip
    assert all(getattr(outcome, "event_ids", None) for outcome in platform.handler.handle_all(commands))
    return codes


def task(ask: Ask, code: str, name: str, state: str, **more: Any) -> Any:
    return command(ask, "reportOutfallTask", siteId=code, task=name, state=state, **more)


def observe(ask: Ask, code: str, period: str, at: str, values: dict[str, float]) -> None:
    readings = [{"factor": factor, "value": value} for factor, value in values.items()]
    given = {"siteId": code, "period": period, "observedAt": at, "source": "test", "readings": readings}
    document = "mutation($input: [ObservationInput!]!) { recordObservations(input: $input) { accepted } }"
    assert ask(document, input=[given])["recordObservations"]["accepted"] == 1


def test_the_tasks_on_180_outfalls_are_taken_in_order(platform: Platform, ask: Ask) -> None:
    codes = register(platform, 180)
    first = codes[0]
    early = task(ask, first, "REMEDY", "UNDER_WAY", measure="MERGE")
    assert (early["code"], early["where"]) == ("illegal_step", "task")
    screened = [ReportOutfallTask(site_id=code, task="SCREENING", state="DONE", source="test") for code in codes]
    assert all(getattr(outcome, "event_ids", None) for outcome in platform.handler.handle_all(screened))
    assert task(ask, first, "TRACING", "DONE")["code"] == "responsibility_missing"
    assert task(ask, first, "TRACING", "DONE", responsibleBody="演示厂", tracedTo=["works"])["eventIds"]
    assert task(ask, first, "REMEDY", "PLANNED", measure="MERGE", dueOn="2025-06-30")["eventIds"]
    assert task(ask, first, "SCREENING", "PLANNED")["code"] == "step_back"
    asked = "{ outfallProgress { nodes { task outfalls notBegun planned done shareDone } } }"
    progress = ask(asked)["outfallProgress"]["nodes"]
    assert [list(row.values()) for row in progress] == [
        ["SCREENING", 180, 0, 0, 180, 100.0], ["MONITORING", 180, 180, 0, 0, 0.0],
        ["TRACING", 180, 179, 0, 1, 0.6], ["REMEDY", 180, 179, 1, 0, 0.0],
    ]  # fmt: skip
    asked = '{ outfalls(overdueOn: "2025-07-01") { nodes { siteId responsibleBody tracedTo measure tasksDone } } }'
    expected = {
        "siteId": first,
        "responsibleBody": "演示厂",
        "tracedTo": ["works"],
        "measure": "MERGE",
        "tasksDone": 2,
    }
    assert ask(asked)["outfalls"]["nodes"] == [expected]
    assert ask(asked.replace("07-01", "06-30"))["outfalls"]["nodes"] == []


def test_a_day_beyond_its_limit_is_an_exceedance_and_an_hour_only_indicates_one(
    platform: Platform, ask: Ask
) -> None:
    (code,) = register(platform, 1)
    observe(ask, code, "HOUR", "2022-01-03T04:00:00Z", {"COD": 65.0})
    observe(ask, code, "DAY", "2022-01-02T16:00:00Z", {"COD": 62.5, "NH3-N": 7.0, "TP": 0.4, "water_temp": 9.5})
    fold(platform)
    fields = "{ nodes { period exceeds items { factor printedLimit overLimit judges exceededBy } } }"
    since = 'since: "2022-01-02T00:00:00Z", until: "2022-01-05T00:00:00Z"'
    day, hour = ask(f"{{ outfallResults({since}) {fields} }}")["outfallResults"]["nodes"]
    assert (day["exceeds"], hour["exceeds"]) == (True, False)
    assert hour["items"] == [
        {"factor": "COD", "printedLimit": "50", "overLimit": True, "judges": False, "exceededBy": 0.3}
    ]
    found = {item["factor"]: (item["printedLimit"], item["exceededBy"]) for item in day["items"]}
    assert found == {"COD": ("50", 0.25), "NH3-N": ("8", None), "TP": ("0.5", None)}

    alarms = f"{{ waterAlarms({since}) {{ nodes {{ alarmId kind about decision }} }} }}"
    (alarm,) = ask(alarms)["waterAlarms"]["nodes"]
    assert alarm == {
        "alarmId": f"EXCEEDANCE/{code}/COD/2022-01-02T16:00:00Z", "kind": "OUTFALL", "about": ["COD"],
        "decision": None,
    }  # fmt: skip
    decided = {"decision": "CONFIRMED", "reason": "复测属实", "decidedBy": "甲"}
    assert command(ask, "handleWaterAlarm", alarmId=alarm["alarmId"], siteId=code, **decided)["eventIds"]
    assert ask(alarms)["waterAlarms"]["nodes"][0]["decision"] == "CONFIRMED"
    before = datetime(2026, 11, 23).isoformat() + "Z"  # noqa: DTZ001
    assert ask(alarms.replace(") {", f', asOf: "{before}") {{', 1))["waterAlarms"]["nodes"] == []


def test_a_standard_that_has_no_such_level_is_refused(ask: Ask, platform: Platform) -> None:
    register(platform, 1)
    place = {"nameZh": "x", "nameEn": "x", "positionSource": "test", "waterBodyId": "yangtze"}
    answer = command(
        ask, "registerOutfall", siteId="o", dischargeStandard="GB 18918-2002", dischargeLevel="特级", **place
    )
    assert (answer["code"], answer["where"]) == ("unknown_level", "discharge_level")


def test_outfalls_that_a_simulator_made_up_are_counted_apart(platform: Platform, ask: Ask) -> None:
    register(platform, 2)
    given = {"nameZh": "演示", "nameEn": "demo", "positionSource": "test", "waterBodyId": "yangtze"}
    code = {"siteId": "outfall-999", "code": "LA-360403-999-SH-00"}
    assert command(ask, "registerOutfall", **{"source": "simulator", **code, **given})["eventIds"]
    asked = "{ outfallProgress { nodes { task ofSimulated outfalls simulated } } }"
    rows = [row for row in ask(asked)["outfallProgress"]["nodes"] if row["task"] == "SCREENING"]
    assert [(row["ofSimulated"], row["outfalls"], row["simulated"]) for row in rows] == [
        (False, 2, 0),
        (True, 1, 1),
    ]
