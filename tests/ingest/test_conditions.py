"""Concentrations in air are kept in the state of temperature and pressure that the standard asks for."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from ingest.conditions import converted, in_kept_states
from ingest.profile import profile
from ingest.shaping import shaped
from ingest.statement import Statement
from schemas.standards import air_states, factors, kept_state, stated_factors
from services.decider import Refused

BEFORE = 1_535_731_199_000_000  # 2018-08-31 23:59:59 in Xunyang
SINCE = 1_535_731_200_000_000
WEATHER = {"temperature": 30.0, "pressure": 1000.0}
STANDARD, REFERENCE = air_states()["standard"], air_states()["reference"]


def kept(
    readings: dict[str, float | None], at: int = SINCE, state: str = "standard", marks: dict[str, str] | None = None
) -> dict[str, tuple[float | None, str]]:
    """What becomes of readings that all came in one state."""
    codes = tuple(sorted(readings))
    flags = tuple((marks or {}).get(code, "") for code in codes)
    said = Statement("s", "HOUR", at, "test", codes, [readings[code] for code in codes], flags)
    found = in_kept_states(said, dict.fromkeys(stated_factors(), state))
    return {code: (value, mark) for code, value, mark in zip(codes, found.values, found.marks, strict=True)}


def test_the_conversion_agrees_with_its_vector(shared: Path) -> None:
    vectors = json.loads((shared / "standards" / "test_vectors.json").read_text(encoding="utf-8"))
    vector = vectors["state_conversion"]
    assert STANDARD
    assert REFERENCE
    assert round(converted(vector["c_std_273"], STANDARD, REFERENCE), 3) == vector["c_ref_298"]
    assert converted(converted(59.63, STANDARD, REFERENCE), REFERENCE, STANDARD) == 59.63


def test_gases_change_to_the_reference_state_on_the_day_of_the_amendment() -> None:
    assert kept({"SO2": 59.63}, BEFORE) == {"SO2": (59.63, "")}
    assert kept({"SO2": 59.63}) == {"SO2": (54.63, "")}
    assert kept({"SO2": 54.63}, state="reference") == {"SO2": (54.63, "")}
    assert kept({"SO2": 54.63}, BEFORE, state="reference") == {"SO2": (59.63, "")}


def test_particles_need_the_temperature_and_pressure_of_their_hour() -> None:
    found = kept({"PM2.5": 60.63, "SO2": 59.63, **WEATHER})
    value, mark = found["PM2.5"]
    assert value == pytest.approx(60.63 * 273.15 / 303.15 * 1000 / 1013.25)
    assert mark == ""
    assert found["SO2"] == (54.63, "")
    assert (found["temperature"], found["pressure"]) == ((30.0, ""), (1000.0, ""))
    assert kept({"PM2.5": 60.63}) == {"PM2.5": (60.63, "K")}
    assert kept({"PM2.5": 60.63}, BEFORE) == {"PM2.5": (60.63, "")}
    assert kept({"PM10": 60.0}, state="actual") == {"PM10": (60.0, "")}


@pytest.mark.parametrize("weather", [{"pressure": 101.3}, {"temperature": -999.0}, {"temperature": float("nan")}])
def test_a_temperature_or_pressure_that_can_not_be_converts_nothing(weather: dict[str, float]) -> None:
    assert kept({"PM10": 60.0, **WEATHER, **weather})["PM10"] == (60.0, "K")


def test_marks_stay_and_what_is_no_measurement_is_not_scaled() -> None:
    assert kept({"PM10": 60.0, **WEATHER}, marks={"temperature": "D"})["PM10"] == (60.0, "K")
    assert kept({"PM10": 60.0}, marks={"PM10": "D"}) == {"PM10": (60.0, "D")}
    assert kept({"SO2": 59.63}, marks={"SO2": "<"}) == {"SO2": (54.63, "<")}
    untouched: list[float | None] = [None, -1.0, -999.0, 9999.0]
    for value in untouched:
        assert kept({"SO2": value, "PM10": value}) == {"SO2": (value, ""), "PM10": (value, "")}


def test_every_stated_factor_is_of_the_air_and_kept_in_one_state_on_every_day() -> None:
    for code in stated_factors():
        assert "air" in factors()[code].subsystems
        days = [date(1990, 1, 1), date(2018, 8, 31), date(2018, 9, 1), date(2026, 2, 28), date(2026, 3, 1)]
        states = [kept_state(code, day) for day in days]
        after = "actual" if code.startswith("PM") else "reference"
        assert states == ["standard", "standard", after, after, after]


def described(folder: Path, **changed: Any) -> str:
    time = {"column": "at", "zone": "Asia/Shanghai", "label": "start", "period": "HOUR"}
    said = {"title": "x", "source": "x", "site": "s", "time": time, "missing": [""], **changed}
    (folder / "mine.yaml").write_text(yaml.safe_dump(said), encoding="utf-8")
    return str(folder / "mine.yaml")


def test_a_profile_says_the_state_of_its_file_or_of_a_column(tmp_path: Path) -> None:
    columns = {"SO2": "so2", "NO2": {"column": "no2", "state": "reference"}, "O3": {"column": "o3", "scale": "1/2"}}
    how = profile(described(tmp_path, state="standard", factors=columns))
    assert how.states == {"SO2": "standard", "NO2": "reference", "O3": "standard"}
    table = pl.DataFrame(
        {"s": ["a"], "at": ["2022-01-03T00:00:00"], "so2": ["59.63"], "no2": ["9"], "o3": ["119.26"]}
    )
    (said,) = shaped(how, table, "").statements
    assert dict(zip(said.factors, said.values, strict=True)) == {"NO2": 9.0, "O3": 54.63, "SO2": 54.63}
    assert profile(described(tmp_path, factors={"SO2": "so2"})).states == {}


def test_a_long_file_has_a_state_too(tmp_path: Path) -> None:
    reading = {"name": "n", "value": "v", "unit": "u", "names": {"so2": "SO2"}, "units": {"SO2": {"ug": 1}}}
    how = profile(described(tmp_path, state="standard", readings=reading))
    table = pl.DataFrame({"s": ["a"], "at": ["2022-01-03T00:00:00"], "n": ["so2"], "v": ["59.63"], "u": ["ug"]})
    assert shaped(how, table, "").statements[0].values == [54.63]


@pytest.mark.parametrize(
    "said",
    [
        {"state": "normal", "factors": {"SO2": "so2"}},
        {"factors": {"SO2": {"column": "so2", "state": "normal"}}},
        {"factors": {"temperature": {"column": "t", "state": "standard"}}},
    ],
)
def test_a_state_that_is_none_is_refused(tmp_path: Path, said: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="state"):
        profile(described(tmp_path, **said))
