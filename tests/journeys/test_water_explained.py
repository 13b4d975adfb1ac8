"""Why a sampling was judged as it was: statements used and set aside, limits compared; and as known before."""

from datetime import datetime, timedelta
from typing import Any

from running.platform import Platform
from tests.conftest import Ask
from tests.journeys.steps import command, fold

AT = "2022-01-03T04:00:00Z"
ASKED = f"""query($asOf: DateTime) {{ waterExplain(siteId: "lake", observedAt: "{AT}", asOf: $asOf) {{
  class edition waterBodyKind decidingItems clause
  statements {{ factor value mark used reason recordedAt }}
  items {{ factor stated belowDetection compared class deciding exceededBy edition status
    limits {{ class printedLimit kept }} }} }} }}"""


def observe(ask: Ask, *statements: list[dict[str, Any]]) -> None:
    """State one after the other on the same hour; each is recorded a microsecond after the one before."""
    about = {"siteId": "lake", "period": "HOUR", "observedAt": AT, "source": "test"}
    document = "mutation($input: [ObservationInput!]!) { recordObservations(input: $input) { accepted } }"
    taken = ask(document, input=[{**about, "readings": readings} for readings in statements])
    assert taken["recordObservations"]["accepted"] == len(statements)


def test_a_judgement_is_explained_and_a_correction_changes_it(platform: Platform, ask: Ask) -> None:
    command(ask, "registerLake", siteId="lake", nameZh="湖", nameEn="Lake", positionSource="test")
    first = [
        {"factor": "TP", "value": 0.09}, {"factor": "Hg", "value": 0.00008, "mark": "<"},
        {"factor": "COD", "value": 55.0, "mark": "D"}, {"factor": "TN", "value": 9.0},
    ]  # fmt: skip
    observe(ask, first, [{"factor": "TP", "value": 0.04}])
    fold(platform)

    now = ask(ASKED)["waterExplain"]
    assert (now["class"], now["decidingItems"], now["waterBodyKind"]) == (3, ["TP"], "LAKE")
    said = [(s["factor"], s["value"], s["mark"], s["used"], s["reason"]) for s in now["statements"]]
    assert said == [
        ("COD", 55.0, "D", False, "marked D"),
        ("Hg", 0.00008, "<", True, None),
        ("TN", 9.0, "", False, "not one of the 21 items"),
        ("TP", 0.09, "", False, "a later or reviewed statement took its place"),
        ("TP", 0.04, "", True, None),
    ]
    tp, hg = now["items"]
    assert (tp["factor"], tp["compared"], tp["class"], tp["deciding"]) == ("TP", 0.04, 3, True)
    assert [(lim["class"], lim["printedLimit"], lim["kept"]) for lim in tp["limits"]] == [
        (1, "0.01", False), (2, "0.025", False), (3, "0.05", True), (4, "0.1", True), (5, "0.2", True),
    ]  # fmt: skip
    assert (hg["stated"], hg["belowDetection"], hg["compared"], hg["class"]) == (0.00008, True, 0.00004, 1)
    assert (tp["edition"], tp["status"]) == ("GB 3838-2002", "verified")

    recorded = sorted(s["recordedAt"] for s in now["statements"])
    known = ask(ASKED, asOf=recorded[0])["waterExplain"]
    assert (known["class"], len(known["statements"]), recorded[0] < recorded[-1]) == (4, 4, True)
    unregistered = datetime.fromisoformat(recorded[0]) - timedelta(days=1)
    assert ask(ASKED, asOf=unregistered.isoformat())["waterExplain"] is None


def test_an_unknown_site_has_no_explanation(ask: Ask) -> None:
    assert ask(ASKED)["waterExplain"] is None


def test_rules_say_how_well_they_are_known(ask: Ask) -> None:
    rules = ask('{ waterRules(status: "from-knowledge") { nodes { topic rule clause status } } }')["waterRules"][
        "nodes"
    ]
    assert {(rule["topic"], rule["rule"]) for rule in rules} >= {
        ("judgement", "below_detection"), ("rounding", "COD"), ("sewage", "bod5_per_person_g_d"),
        ("black and odorous", "DO HEAVY"),
    }  # fmt: skip
    assert all(rule["clause"] and rule["status"].startswith("from-knowledge") for rule in rules)
    assert len(ask("{ waterRules { nodes { rule } } }")["waterRules"]["nodes"]) > len(rules)
