"""W8: an ecological survey is recorded and corrected; richness, diversity and evenness follow from its counts."""

import math
from typing import Any

import pytest

from tests.journeys.house import House

FISH: dict[str, Any] = {
    "siteKind": "lake", "surveyedOn": "2026-05-20", "taxonGroup": "FISH", "method": "HJ 710.7-2014",
    "species": ["鲫", "鲢", "鳙"], "counts": [2, 1, 1], "habitatScore": 72.0, "habitat": "沉水植物稀少",
}  # fmt: skip


@pytest.fixture(scope="module")
def lake(house: House) -> House:
    house.place("registerLake", "lake")
    return house


def recorded(house: House, number: str, **more: Any) -> None:
    house.does("recordEcologicalSurvey", surveyId=number, siteId="lake", **{**FISH, **more})


def of(house: House, number: str, columns: str = "richness individuals shannon evenness") -> tuple[Any, ...]:
    rows = house.rows('ecologicalSurveys(siteId: "lake")', f"surveyId {columns}")
    (found,) = [row[1:] for row in rows if row[0] == number]
    return tuple(found)


def test_diversity_follows_from_the_counts(lake: House) -> None:
    recorded(lake, "a")
    # H' = -(0.5 ln 0.5 + 2 × 0.25 ln 0.25) = 1.5 ln 2 = 1.0397; J = H' / ln 3 = 0.9464
    assert of(lake, "a") == (3, 4, pytest.approx(1.5 * math.log(2), abs=5e-5), pytest.approx(0.9464, abs=5e-5))


def test_as_many_of_each_are_wholly_even_and_one_alone_has_no_evenness(lake: House) -> None:
    recorded(lake, "b", counts=[7, 7, 7])
    assert of(lake, "b") == (3, 21, pytest.approx(math.log(3), abs=5e-5), 1.0)
    recorded(lake, "c", species=["鲫"], counts=[9])
    assert of(lake, "c") == (1, 9, 0.0, None)


def test_a_species_that_was_looked_for_and_not_found_is_no_species(lake: House) -> None:
    survey = {"surveyId": "d", "siteId": "lake", **FISH, "counts": [2, 2, 0]}
    assert lake.refuses("recordEcologicalSurvey", **survey) == "impossible_count"
    recorded(lake, "d", species=["鲫", "鲢"], counts=[2, 2])
    assert of(lake, "d") == (2, 4, pytest.approx(math.log(2), abs=5e-5), 1.0)


def test_a_corrected_survey_takes_the_place_of_the_first(lake: House) -> None:
    recorded(lake, "e", protected=["胭脂鱼"], species=["鲫", "胭脂鱼"], counts=[1, 1])
    assert of(lake, "e", "richness protected") == (2, ["胭脂鱼"])
    recorded(lake, "e", protected=[], species=["鲫"], counts=[2])
    assert of(lake, "e", "richness protected") == (1, [])
    numbers = [row[0] for row in lake.rows('ecologicalSurveys(siteId: "lake")', "surveyId")]
    assert numbers.count("e") == 1


def test_what_can_not_be_is_refused(lake: House) -> None:
    survey = {"surveyId": "x", "siteId": "lake", **FISH}
    assert lake.refuses("recordEcologicalSurvey", **{**survey, "counts": [1, 2]})
    assert lake.refuses("recordEcologicalSurvey", **{**survey, "counts": [1, 2, -1]})
    assert lake.refuses("recordEcologicalSurvey", **{**survey, "siteId": "moon"}) == "unknown_lake"
    assert lake.refuses(
        "recordEcologicalSurvey", **{**survey, "protected": ["中华鲟"]}
    )  # it is not among the species
    assert lake.refuses("recordEcologicalSurvey", **{**survey, "surveyedOn": "2026-11-24"}) == "in_the_future"
