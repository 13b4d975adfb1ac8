"""Real files of other places, as their sources publish them: what is taken down, judged and refused of them."""

import csv
import json
from gzip import open as open_gzip
from pathlib import Path
from typing import Any

import pytest

from running.operations import OPERATIONS
from running.platform import Platform, silent
from services.air.commands import RegisterStation
from services.water.commands import RegisterLake
from tests.conftest import Ask
from tests.journeys.steps import fold

AIRNOW = "air/airnow_20180220T07.json.gz"
NAMES = {"细颗粒物(PM2.5)": "PM2.5", "颗粒物(PM10)": "PM10", "二氧化硫": "SO2", "二氧化氮": "NO2", "一氧化碳": "CO"}
LEVELS = {"优": 1, "良": 2, "轻度污染": 3, "中度污染": 4, "重度污染": 5, "严重污染": 6}
ENTRY: dict[str, Any] = {"name_zh": "x", "name_en": "x", "position_source": "test", "source": "test"}


def imported(platform: Platform, kind: str, *paths: Path, register: bool = False) -> dict[str, Any]:
    said = {"files": [str(path) for path in paths], "kind": kind, "register": register}
    return OPERATIONS["import"](platform, said, silent)


def rows(platform: Platform, sql: str) -> list[tuple[Any, ...]]:
    with platform.database.read() as snapshot:
        return snapshot.connection.execute(sql).fetchall()


@pytest.mark.slow
def test_every_complete_station_of_an_hour_of_the_national_network_agrees(platform: Platform, shared: Path) -> None:
    report = imported(platform, "cnemc", shared / "data" / AIRNOW, register=True)
    assert (report["registered"]["recorded"], report["accepted"], report["refused"]) == (1495, 1495, 0)
    ours = {
        site: (aqi, level, primary)
        for site, *judged in rows(platform, "SELECT site_id, aqi, level, primary_pollutants FROM air.hourly")
        for aqi, level, primary in [judged]
    }
    with open_gzip(shared / "data" / AIRNOW) as file:
        published = [feature["properties"] for feature in json.load(file)["features"]]
    six = ("pm10", "pm2_5", "no2", "so2", "co", "o3_24h")
    complete = [p for p in published if all(_is_number(p[name]) for name in (*six, "aqi"))]
    differing = [p["stationcode"] for p in complete if ours[p["stationcode"]] != _published(p)]
    print(f"{len(complete) - len(differing)} of {len(complete)} complete stations agree")
    assert differing == []
    assert len(complete) > 1200


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal()


def _published(said: dict[str, str]) -> tuple[int, int, list[str]]:
    named = [name for name in said["primarypollutant"].split(",") if name.strip("-;—")]
    primary = sorted("O3" if name.startswith("臭氧") else NAMES[name] for name in named)
    return int(said["aqi"]), LEVELS[said["quality"]], primary


@pytest.mark.slow
def test_every_day_of_eight_beijing_stations_is_judged(platform: Platform, shared: Path) -> None:
    files = sorted((shared / "data" / "air").glob("PRSA_Data_*.csv.gz"))
    report = imported(platform, "uci-beijing", *files, register=True)
    assert (report["rows"], report["accepted"], report["refused"]) == (280_512, 280_512, 0)
    ((days, valid),) = rows(platform, "SELECT count(*), count(aqi) FROM air.daily")
    print(f"{days} station-days judged: {valid} valid, {days - valid} not")
    assert days == 8 * 1461
    assert valid == 10_458
    co = rows(platform, "SELECT max(value), max(unit) FROM base.reading WHERE factor = 'CO'")
    assert co == [(10.0, "mg/m³")]


@pytest.mark.slow
def test_no_flagged_value_of_a_sonde_is_usable(platform: Platform, shared: Path) -> None:
    for site in ("apacpwq", "apacpnut"):
        platform.handler.handle(RegisterLake(site_id=site, **ENTRY))
    platform.handler.handle(RegisterStation(site_id="apaebmet", network="DISTRICT", **ENTRY))
    report = imported(platform, "swmp", *(shared / "data" / "water").glob("apa*.csv.gz"))
    assert (report["rows"], report["refused"]) == (140_567, 0)
    marks = rows(platform, "SELECT DISTINCT mark FROM base.reading WHERE set_aside IS NULL")
    assert marks == [("",)]
    assert rows(platform, "SELECT count(*) FROM base.reading WHERE mark IN ('R', 'Q') AND set_aside IS NULL") == [
        (0,)
    ]
    first = rows(
        platform,
        "SELECT factor, value, unit FROM base.reading WHERE site_id = 'apacpwq' AND"
        " observed_at = '2012-01-01 05:00' AND factor IN ('conductivity', 'DO') ORDER BY factor",
    )
    assert first == [("DO", 7.2, "mg/L"), ("conductivity", 45_970.0, "µS/cm")]


@pytest.mark.slow
def test_grab_samples_are_brought_to_our_units_and_non_detects_are_no_zeros(
    platform: Platform, shared: Path
) -> None:
    report = imported(platform, "wqp", shared / "data" / "water" / "Data_6Tribes_5y.csv.gz", register=True)
    print(f"{report['rows']} rows: {report['accepted']} statements, refused {report['refused_by_code']}")
    assert report["rows"] == 101_042
    assert report["refused_by_code"].keys() == {
        "not_a_time", "unknown_factor", "no_reading", "ambiguous", "not_a_number", "unknown_unit", "no_limit",
        "deeper", "other_fraction",
    }  # fmt: skip
    below = rows(platform, "SELECT count(*), min(value) FROM base.reading WHERE mark = '<' AND value IS NOT NULL")
    assert below[0][0] > 1000
    assert below[0][1] > 0
    mercury = rows(platform, "SELECT max(value), max(unit) FROM base.reading WHERE factor = 'Hg'")
    assert mercury[0][0] < 0.001  # ng/L, brought to mg/L
    kept = rows(platform, "SELECT sum(parts_kept) = sum(parts) FROM ops.quarantine")
    assert kept == [(True,)]


def test_a_correction_file_is_two_statements_however_it_is_labelled(platform: Platform, shared: Path) -> None:
    path = shared / "data" / "air" / "correction_1795A_2022-01-04T16.csv"
    report = imported(platform, "cnemc", path, register=True)
    assert (report["registered"]["recorded"], report["accepted"], report["restated"]) == (1, 2, 1)


@pytest.mark.slow
def test_shipments_of_waste_become_tonnes_only_where_a_mass_was_stated(
    platform: Platform, ask: Ask, shared: Path
) -> None:
    path = shared / "data" / "waste" / "ohio_hazardous_imports_2007_2011.csv.gz"
    report = imported(platform, "ohio-waste", path)
    assert (report["rows"], report["accepted"], report["refused_by_code"]) == (963, 954, {"impossible_quantity": 9})
    assert imported(platform, "ohio-waste", path)["repeated"] == 954
    fold(platform)
    found = ask("{ wasteShipments(year: 2007) { nodes { shipmentNo quantity unit quantityT wasteCodes } } }")[
        "wasteShipments"
    ]["nodes"]
    first = next(row for row in found if row["shipmentNo"] == "ohio-1387")
    assert first == {
        "shipmentNo": "ohio-1387", "quantity": 160671.0, "unit": "P - Pounds", "quantityT": 72.87913968027,
        "wasteCodes": ["F005"],
    }  # fmt: skip
    assert {row["unit"] for row in found if row["quantityT"] is None} <= {
        "G - Gallons",
        "L - Liters",
        "Y - Cubic yards",
    }
    assert rows(platform, "SELECT count(*) FROM ops.quarantine") == [(9,)]


@pytest.mark.slow
def test_releases_are_kilograms_by_medium(platform: Platform, ask: Ask, shared: Path, tmp_path: Path) -> None:
    with open_gzip(shared / "data" / "waste" / "TRI_2022_IL.csv.gz", "rt") as file:
        some = [next(file) for _ in range(401)]
    (tmp_path / "tri.csv").write_text("".join(some))
    assert imported(platform, "tri", tmp_path / "tri.csv")["accepted"] == 400
    fold(platform)
    said = list(csv.DictReader(some))
    pounds = sum(float(r["52. 5.2 - STACK AIR"]) for r in said if r["50. UNIT OF MEASURE"] == "Pounds")
    grams = sum(float(r["52. 5.2 - STACK AIR"]) for r in said if r["50. UNIT OF MEASURE"] == "Grams")
    totals = ask("{ releaseTotals(year: 2022) { nodes { medium quantityKg } } }")["releaseTotals"]["nodes"]
    stack = sum(row["quantityKg"] for row in totals if row["medium"] == "AIR_STACK")
    assert stack == pytest.approx(pounds * 0.45359237 + grams / 1000)
