"""Water: a lake is registered, sampled, and judged by GB 3838-2002."""

from running.platform import Platform
from tests.conftest import Ask
from tests.journeys.steps import fold

LAKE = {
    "siteId": "gantang-lake", "nameZh": "甘棠湖", "nameEn": "Gantang Lake", "positionQuality": "APPROXIMATE",
    "positionSource": "test", "areaHa": 46.7, "targetClass": 3, "source": "test",
}  # fmt: skip
SAMPLE = {
    "siteId": "gantang-lake", "period": "HOUR", "observedAt": "2022-01-03T04:00:00Z", "source": "test",
    "readings": [{"factor": "TP", "value": 0.09}, {"factor": "CODMn", "value": 4.0}],
}  # fmt: skip


def test_a_lake_is_sampled_and_judged(platform: Platform, ask: Ask) -> None:
    ask("mutation($input: RegisterLakeInput!) { registerLake(input: $input) { __typename } }", input=LAKE)
    ask("mutation($input: [ObservationInput!]!) { recordObservations(input: $input) { accepted } }", input=[SAMPLE])
    fold(platform)
    judged = ask(
        '{ waterAssessments(since: "2022-01-03T00:00:00Z", until: "2022-01-04T00:00:00Z", siteId: "gantang-lake") {'
        " nodes { class decidingItems edition meetsTarget exceedances { factor class exceededBy } } } }"
    )
    assert judged["waterAssessments"]["nodes"] == [
        {
            "class": 4, "decidingItems": ["TP"], "edition": "GB 3838-2002", "meetsTarget": False,
            "exceedances": [{"factor": "TP", "class": 4, "exceededBy": 0.8}],
        }
    ]  # fmt: skip
