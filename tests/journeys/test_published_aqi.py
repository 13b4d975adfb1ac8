"""The oracle: the AQI and primary pollutants that the national network published for Jiujiang's 48 hours."""

from pathlib import Path

from running.operations import OPERATIONS
from running.platform import Platform, silent
from tests.conftest import DISTRICT
from tests.factories import csv_rows

DEMO = DISTRICT / "demo" / "jiujiang_2022-01-03_04.csv"
SIX = ("pm10", "pm2_5", "no2", "so2", "co", "o3_24h")
NAMES = {"细颗粒物(PM2.5)": "PM2.5", "颗粒物(PM10)": "PM10"}


def test_every_complete_hour_agrees_with_what_was_published(platform: Platform) -> None:
    OPERATIONS["load"](platform, {"folder": str(DISTRICT)}, silent)
    report = OPERATIONS["import"](platform, {"files": [str(DEMO)], "kind": "cnemc"}, silent)
    assert (report["accepted"], report["refused"]) == (338, 0)
    ours = _ours(platform)
    published = csv_rows(DEMO)
    complete = [row for row in published if all(row[name] for name in SIX) and row["aqi"]]
    agreed = [row for row in complete if ours[row["stationcode"], row["timepoint"]] == _published(row)]
    differing = [(row["stationcode"], row["timepoint"]) for row in complete if row not in agreed]
    unpublished = [
        (r["stationcode"], r["timepoint"]) for r in published if all(r[name] for name in SIX) and not r["aqi"]
    ]
    print(
        f"{len(agreed)} of {len(complete)} complete hours agree; all six there but no AQI published: {unpublished}"
    )
    assert differing == []
    assert len(complete) == 307
    assert unpublished == [("1808A", "2022-01-03T23:00:00"), ("1808A", "2022-01-04T00:00:00")]


def test_an_hour_without_all_six_has_no_aqi(platform: Platform) -> None:
    OPERATIONS["load"](platform, {"folder": str(DISTRICT)}, silent)
    OPERATIONS["import"](platform, {"files": [str(DEMO)], "kind": "cnemc"}, silent)
    ours = _ours(platform)
    incomplete = [r for r in csv_rows(DEMO) if not all(r[name] for name in SIX)]
    assert len(incomplete) > 20
    assert {ours[row["stationcode"], row["timepoint"]][0] for row in incomplete} == {None}


def test_the_demo_carries_the_figures_as_they_were_published(shared: Path) -> None:
    days = [shared / "data" / "air" / f"jiujiang_2022-01-0{day}.csv" for day in (3, 4)]
    rows = [row for day in days for row in day.read_text(encoding="utf-8").splitlines()[1:]]
    assert DEMO.read_text(encoding="utf-8").splitlines()[1:] == rows


def _ours(platform: Platform) -> dict[tuple[str, str], tuple[int | None, list[str]]]:
    """By station and the local end of the hour, as the network labels it."""
    with platform.database.read() as snapshot:
        rows = snapshot.connection.execute(
            "SELECT site_id, strftime(ends_at + INTERVAL 8 HOURS, '%Y-%m-%dT%H:%M:%S'), aqi, primary_pollutants"
            " FROM air.hourly"
        ).fetchall()
    return {(site, at): (aqi, primary) for site, at, aqi, primary in rows}


def _published(row: dict[str, str]) -> tuple[int, list[str]]:
    primary = [NAMES[name] for name in row["primarypollutant"].split(",") if name]
    return int(row["aqi"]), sorted(primary)
