"""Surveys with their diversity, black and odorous waters with their states (indicator 20), uses of shorelines."""

from tests.conftest import Ask
from tests.journeys.steps import command

PLACE = {"nameZh": "甲", "nameEn": "A", "positionSource": "test"}
SURVEY = {
    "surveyId": "s1", "siteId": "lake", "siteKind": "lake", "surveyedOn": "2022-05-01", "taxonGroup": "FISH",
    "species": ["Carassius auratus", "Cyprinus carpio"], "counts": [30, 10], "protected": [], "method": "刺网",
    "habitatScore": 62.0,
}  # fmt: skip


def test_a_survey_says_how_diverse_a_water_is(ask: Ask) -> None:
    command(ask, "registerLake", siteId="lake", **PLACE)
    assert command(ask, "recordEcologicalSurvey", **SURVEY)["eventIds"]
    asked = '{ ecologicalSurveys(siteId: "lake") { nodes { richness individuals shannon evenness habitatScore } } }'
    # H' = -(0.75 ln 0.75 + 0.25 ln 0.25)
    expected = {"richness": 2, "individuals": 40.0, "shannon": 0.5623, "evenness": 0.8113, "habitatScore": 62.0}
    assert ask(asked)["ecologicalSurveys"]["nodes"] == [expected]
    assert command(ask, "recordEcologicalSurvey", **{**SURVEY, "counts": [1]})["code"] == "unequal_lengths"
    other = command(ask, "recordEcologicalSurvey", **{**SURVEY, "protected": ["Neophocaena asiaeorientalis"]})
    assert other["code"] == "unknown_species"
    assert command(ask, "recordEcologicalSurvey", **{**SURVEY, "siteId": "moon"})["code"] == "unknown_lake"


def test_a_black_and_odorous_water_is_listed_remedied_and_clear_for_good(ask: Ask) -> None:
    for code in ("ditch", "pond"):
        command(ask, "registerUrbanWater", siteId=code, lengthM=800.0, **PLACE)
    share = "{ blackOdorousShares { nodes { waters notJudged black share } } }"
    assert ask(share)["blackOdorousShares"]["nodes"] == [{"waters": 2, "notJudged": 2, "black": 0, "share": None}]

    def report(code: str, state: str, **more: str) -> dict[str, object]:
        answer: dict[str, object] = command(
            ask, "reportUrbanWaterState", siteId=code, state=state, reason="监测", **more
        )
        return answer

    assert report("pond", "NOT_BLACK")["eventIds"]
    assert report("ditch", "UNDER_REMEDY")["code"] == "illegal_step"
    assert report("ditch", "BLACK_ODOROUS")["code"] == "grade_is_missing"
    assert report("ditch", "BLACK_ODOROUS", grade="HEAVY")["eventIds"]
    assert ask(share)["blackOdorousShares"]["nodes"][0]["share"] == 50.0
    for state in ("UNDER_REMEDY", "REMEDIED", "CLEAR_FOR_GOOD"):
        assert report("ditch", state)["eventIds"]
    assert ask(share)["blackOdorousShares"]["nodes"][0]["share"] == 0.0
    assert ask("{ urbanWaters { nodes { siteId state timesListed } } }")["urbanWaters"]["nodes"] == [
        {"siteId": "ditch", "state": "CLEAR_FOR_GOOD", "timesListed": 1},
        {"siteId": "pond", "state": "NOT_BLACK", "timesListed": 0},
    ]


def test_what_was_measured_in_an_urban_water_is_graded(ask: Ask) -> None:
    command(ask, "registerUrbanWater", siteId="ditch", **PLACE)
    document = "mutation($input: [ObservationInput!]!) { recordObservations(input: $input) { accepted } }"
    for day, values in (
        (1, {"NH3-N": 15.0, "DO": 2.0, "SD": 0.3, "ORP": -150.0}),
        (2, {"NH3-N": 15.1, "DO": 2.1, "SD": 0.3}),
        (3, {"NH3-N": 7.9, "DO": 2.1}),
    ):
        readings = [{"factor": factor, "value": value} for factor, value in values.items()]
        at = f"2022-01-{day:02d}T00:00:00Z"
        given = {"siteId": "ditch", "period": "REALTIME", "observedAt": at, "source": "test", "readings": readings}
        ask(document, input=[given])
    command(ask, "registerUrbanWater", siteId="other", **PLACE)  # its answer comes behind the fold of the samplings
    asked = """{ blackOdourSamplings(since: "2022-01-01T00:00:00Z", until: "2022-02-01T00:00:00Z") { nodes {
      grade decidingItems } } }"""
    found = [(each["grade"], each["decidingItems"]) for each in ask(asked)["blackOdourSamplings"]["nodes"]]
    assert found == [("LIGHT", ["DO", "NH3-N", "ORP"]), ("HEAVY", ["NH3-N"]), (None, [])]


def test_uses_of_the_shoreline_are_kept_in_a_register(ask: Ask) -> None:
    command(ask, "registerRiver", siteId="yangtze", **PLACE)
    use = {"waterBodyId": "yangtze", "usedBy": "码头公司", "purpose": "码头", "lengthM": 120.0}
    assert command(ask, "registerShorelineUse", siteId="wharf", state="IDLE", **use, **PLACE)["eventIds"]
    assert command(ask, "registerShorelineUse", siteId="wharf", state="CLEARED", **use, **PLACE)["eventIds"]
    assert command(ask, "registerShorelineUse", siteId="x", state="SUNK", **use, **PLACE)["code"] == "unknown_value"
    found = ask("{ shorelineUses { nodes { siteId state lengthM } } }")["shorelineUses"]["nodes"]
    assert found == [{"siteId": "wharf", "state": "CLEARED", "lengthM": 120.0}]
