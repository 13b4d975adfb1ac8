"""The water tables judge every test vector as computed by hand: classes, grades, main pollutants, trophic index."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from eventlog.codec import Event
from tests.factories import NOON, Tables, lake, observation, place, section

ROMAN = ["", "Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ"]
COD_OF_CLASS = {"Ⅱ": 15.0, "Ⅲ": 18.0, "Ⅳ": 25.0, "劣Ⅴ": 45.0}
"""A concentration of COD, and of TP for class Ⅱ, that puts a section into the class."""


def vectors(shared: Path, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((shared / "standards" / "test_vectors.json").read_text("utf-8"))[name]
    return found


def sample(site_id: str, readings: dict[str, Any], **more: Any) -> Event:
    given = {name: float(value) for name, value in readings.items()}
    return observation(site_id, readings=given, subsystem="water", **more)


def test_every_class_vector_agrees(tables: Tables, shared: Path) -> None:
    judged = [vector for vector in vectors(shared, "water") if "class" in vector]
    assert len(judged) == 3
    tables.given(section(), lake())
    for number, vector in enumerate(judged):
        site = "hedong-intake" if vector["site"] == "river" else "gantang-lake"
        tables.given(sample(site, vector["input"], observed_at=NOON + timedelta(hours=number)))
        class_, grade, main, exceedances = tables.row(
            "SELECT class, grade_zh, main_pollutants, exceedances FROM water.assessment"
            " JOIN standards.water_quality_grades USING (class) ORDER BY observed_at DESC LIMIT 1"
        )
        assert ROMAN[class_] == vector["class"]
        assert grade == vector.get("quality", grade)
        multiples = {x["factor"]: x["exceeded_by"] for x in exceedances}
        said = [f"{f} {multiples[f]} times" if multiples[f] else f"{f} (no multiple)" for f in main]
        assert said == vector.get("main", said)


def test_a_river_is_graded_by_the_shares_of_its_sections(tables: Tables, shared: Path) -> None:
    (vector,) = [vector for vector in vectors(shared, "water") if "river_sections" in vector]
    tables.given(place("water.river_registered", "river", "yangtze", **dict.fromkeys(_RIVER)))
    classes = [roman for roman, count in vector["river_sections"].items() for _ in range(count)]
    for number, roman in enumerate(classes):
        site, tp = f"section-{number}", {"TP": 0.1} if roman == "Ⅱ" else {}
        tables.given(section(site, drinking_water_source=False), sample(site, {"COD": COD_OF_CLASS[roman], **tp}))
    good, bad, grade, by_class, main = tables.row(
        "SELECT good_share, bad_share, grade_zh, by_class, main_pollutants FROM water.river WHERE span = 'YEAR'"
    )
    assert (float(good), float(bad), grade) == (vector["good_share"], vector["bad_share"], vector["quality"])
    assert by_class == [0, 6, 1, 2, 0, 1]
    assert main == ["COD"]


@pytest.mark.parametrize("number", range(2))
def test_every_trophic_vector_agrees(tables: Tables, shared: Path, number: int) -> None:
    vector = vectors(shared, "tli")[number]
    tables.given(lake(), sample("gantang-lake", vector["input"]))
    for span in ("HOUR", "MONTH", "YEAR"):
        tli, name, items = tables.row(f"SELECT tli, name_zh, items FROM water.trophic WHERE span = '{span}'")
        assert (tli, name) == (vector["tli"], vector["class"])
        assert {item["factor"]: item["tli"] for item in items} == vector["tli_j"]


_RIVER = ("length_km", "shoreline_km", "gate_closing_level_m")
