"""Catering: a house's fume exceeds its limit, its fan runs without the purifier, and a cleaning falls due."""

from running.platform import Platform
from tests.conftest import Ask
from tests.journeys.steps import command, fold, observe, source_monitor

HOUSE = {
    "siteId": "h", "nameZh": "饭店", "nameEn": "House", "positionSource": "test", "stoves": 6.0,
    "purifier": "静电式", "purifierEfficiencyPercent": 80.0, "lastCleanedOn": "2022-01-01",
}  # fmt: skip


def state(ask: Ask, hour: int, fan: bool, purifier: bool) -> None:
    said = {"cateringId": "h", "statedAt": f"2022-01-03T{hour:02d}:00:00Z", "fanOn": fan, "purifierOn": purifier}
    assert command(ask, "statePurifier", **said)["__typename"] == "Accepted"


def test_a_house_is_watched_and_its_purifier_is_to_run_and_to_be_cleaned(platform: Platform, ask: Ask) -> None:
    assert command(ask, "registerCatering", **{**HOUSE, "stoves": None})["code"] == "unknown_size"
    assert command(ask, "statePurifier", cateringId="h", statedAt="2022-01-03T03:00:00Z", fanOn=True,
                   purifierOn=True)["code"] == "unknown_catering"  # fmt: skip
    assert command(ask, "registerCatering", **HOUSE)["eventIds"]
    source_monitor(ask, "fume", "CATERING", "h")
    observe(ask, "fume", "2022-01-03T04:00:00Z", {"cooking_fume": 3.0})
    observe(ask, "fume", "2022-01-03T05:00:00Z", {"cooking_fume": 2.0})
    fold(platform)
    for hour, fan, purifier in (
        (3, True, True),
        (4, True, False),
        (5, True, False),
        (6, False, False),
        (9, True, False),
    ):
        state(ask, hour, fan, purifier)
    span = 'since: "2022-01-03T00:00:00Z", until: "2022-01-04T00:00:00Z"'
    exceeded = f"{{ sourceExceedances({span}) {{ nodes {{ factor multiple standard clause limitStatus }} }} }}"
    assert ask(exceeded)["sourceExceedances"]["nodes"] == [
        {"factor": "cooking_fume", "multiple": 0.5, "standard": "GB 18483-2001", "clause": "4.2 Table 2",
         "limitStatus": "verified"}
    ]  # fmt: skip
    assert ask(f"{{ purifierLapses({span}) {{ nodes {{ since until hours }} }} }}")["purifierLapses"]["nodes"] == [
        {"since": "2022-01-03T04:00:00+00:00", "until": "2022-01-03T06:00:00+00:00", "hours": 2.0},
        {"since": "2022-01-03T09:00:00+00:00", "until": "2022-01-03T11:00:00+00:00", "hours": 2.0},
    ]
    fields = "size requiredEfficiencyPercent efficient purifierOn lapseHours exceedances"
    asked = f'{{ caterings(cleaningOverdueOn: "2022-03-03") {{ nodes {{ {fields} }} }} }}'
    assert ask(asked)["caterings"]["nodes"] == [
        {"size": "LARGE", "requiredEfficiencyPercent": 85.0, "efficient": False, "purifierOn": False,
         "lapseHours": 4.0, "exceedances": 1}
    ]  # fmt: skip
    assert command(ask, "cleanPurifier", cateringId="h", cleanedOn="2022-03-01", cleanedBy="甲")["eventIds"]
    assert ask(asked)["caterings"]["nodes"] == []
    assert ask("{ caterings { nodes { cleaningDueOn } } }")["caterings"]["nodes"] == [
        {"cleaningDueOn": "2022-04-30"}
    ]
