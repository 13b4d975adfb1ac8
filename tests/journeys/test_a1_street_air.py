"""A1: stations' hours come in by file, device and program; the public sees the AQI, and why it is what it is."""

from datetime import date
from pathlib import Path

from ingest.hj212.frame import frame
from tests.hj212.devices import register
from tests.journeys.house import PUBLIC, House, local, observed

HEADER = "timepoint,stationcode,pm2_5,pm10,so2,no2,co,o3_24h"
CLEAN = {"SO2": 8, "NO2": 20, "CO": 0.6, "O3": 60, "PM10": 40, "PM2.5": 20}
STREET = "010000A8900016F000169DC1"


def shown(house: House, site_id: str, columns: str) -> tuple[object, ...]:
    stations = house.one("stations", f"siteId {columns}", PUBLIC)
    (found,) = [station for station in stations if station.pop("siteId") == site_id]
    return tuple(found.values())


def frame_of(cp: str, cn: str = "2061", pw: str = "123456", mn: str = STREET) -> bytes:
    return frame(f"QN=1;ST=22;CN={cn};PW={pw};MN={mn};Flag=5;CP=&&{cp}&&".encode())


def test_a_file_of_the_network_is_shown_to_the_public_and_corrected(house: House, tmp_path: Path) -> None:
    house.place("registerStation", "1803A", network="NATIONAL")
    hour = "2022-01-03T13:00:00,1803A,{},80,10,40,0.8,60"
    assert house.imports(tmp_path / "a.csv", "cnemc", [HEADER, hour.format(89)])["accepted"] == 1
    # the file labels an hour by its end: 13:00 in Xunyang is the hour from 04:00 UTC on.
    # HJ 633-2012 Table 1: 89 µg/m³ lies between 75 (100) and 115 (150): 50 / 40 × 14 + 100 = 117.5, rounded up
    assert shown(house, "1803A", "observedAt aqi level primaryPollutants simulated") == (
        "2022-01-03T04:00:00+00:00", 118, 3, ["PM2.5"], False,
    )  # fmt: skip
    assert house.map("air")["1803A"]["aqi"] == 118
    assert house.imports(tmp_path / "b.csv", "cnemc", [HEADER, hour.format(40)])["restated"] == 1
    # now 80 µg/m³ of PM10 decide: 50 / 100 × 30 + 50 = 65, above 50 / 40 × 5 + 50 = 56.25 of PM2.5
    assert shown(house, "1803A", "aqi level primaryPollutants") == (65, 2, ["PM10"])
    assert house.map("air")["1803A"]["aqi"] == 65


def test_a_row_of_no_station_is_kept_and_told_and_changes_nothing(house: House, tmp_path: Path) -> None:
    rows = ["2022-01-03T13:00:00,9999Z,40,80,10,40,0.8,60"]
    report = house.imports(tmp_path / "c.csv", "cnemc", [HEADER, *rows])
    assert (report["accepted"], report["refused"]) == (0, 1)
    kept = house.rows('quarantine(state: "OPEN")', "code channel")
    assert ("unknown_site", "import") in kept
    assert "9999Z" not in house.map("air")


def test_a_street_station_speaks_hj212_and_a_mark_takes_its_value_away(house: House) -> None:
    register(house.platform, STREET, "street-1")
    hour = (
        "DataTime=20261120080000;a34004-Avg=66,a34004-Flag=N;a34002-Avg=100,a34002-Flag=N;"
        "a05024-Avg=100,a05024-Flag=N;a01001-Avg=17.5,a01001-Flag=N;a01008-Avg=45,a01008-Flag=N"
    )
    assert house.frames(frame_of(hour), answered=1).count(b"CN=9014") == 1
    # HJ 633-2026 Table 1: 66 lies between 60 (100) and 115 (150): 50 / 55 × 6 + 100 = 105.45; 5.3.1: above 100 an
    # AQI is published though pollutants are missing. DataTime is the start of the hour in UTC+8
    assert shown(house, "street-1", "observedAt aqi level primaryPollutants") == (
        "2026-11-20T00:00:00+00:00", 106, 3, ["PM2.5"],
    )  # fmt: skip
    weather = house.rows(f'readings(siteId: "street-1", {SPAN})', "factor value unit")
    assert ("temperature", 17.5, "°C") in weather
    assert ("wind_direction", 45.0, "°") in weather
    # the same hour again, with the analyser's fault marked: the value counts nowhere
    faulty = hour.replace("a34004-Avg=66,a34004-Flag=N", "a34004-Avg=66,a34004-Flag=D")
    house.frames(frame_of(faulty), answered=1)
    assert shown(house, "street-1", "primaryPollutants") == ([],)
    hours = house.one(f'airHours(siteId: "street-1", {SPAN})', "pm25UgM3 pm10UgM3 o3UgM3 edition", PUBLIC)
    assert hours == {"pm25UgM3": [None], "pm10UgM3": [100.0], "o3UgM3": [100.0], "edition": ["HJ 633-2026"]}


SPAN = 'since: "2026-11-19T00:00:00Z", until: "2026-11-21T00:00:00Z"'


def test_a_frame_with_another_password_is_not_answered_and_tells_nothing(house: House) -> None:
    register(house.platform, STREET[:-1] + "2", "street-2")
    wrong = frame_of("DataTime=20261120080000;a34004-Avg=66", pw="000000", mn=STREET[:-1] + "2")
    right = frame_of("DataTime=20261120090000;a34004-Avg=7", mn=STREET[:-1] + "2")
    assert house.frames(wrong, right, answered=1).count(b"CN=9014") == 1
    found = house.one(f'airHours(siteId: "street-2", {SPAN})', "observedAt pm25UgM3", PUBLIC)
    assert found == {"observedAt": ["2026-11-20T01:00:00+00:00"], "pm25UgM3": [7.0]}
    assert ("wrong_password", "hj212") in house.rows("quarantine", "code channel")


def test_a_day_needs_twenty_hours_and_its_edition_is_that_of_the_day(house: House) -> None:
    house.place("registerStation", "1804A", network="NATIONAL")
    hour = {**CLEAN, "PM10": 80, "PM2.5": 70}
    house.hears_hours("1804A", date(2026, 2, 28), *[hour] * 20)
    house.hears_hours("1804A", date(2026, 3, 1), *[hour] * 19)
    days = 'airDays(siteId: "1804A", since: "2026-02-28", until: "2026-03-01")'
    columns = "day aqi primaryPollutants edition pm25UgM3 hours"
    # HJ 633-2012: between 35 (50) and 75 (100): 50 / 40 × 35 + 50 = 93.75; GB 3095 Table 4: 19 hours are no day
    assert house.one(days, columns, PUBLIC) == {
        "day": ["2026-02-28", "2026-03-01"], "aqi": [94, None], "primaryPollutants": [["PM2.5"], []],
        "edition": ["HJ 633-2012", "HJ 633-2026"], "pm25UgM3": [70, None], "hours": [20, 19],
    }  # fmt: skip
    # the twentieth hour comes later, and is the last of the local day: 23:00 in Xunyang, 15:00 UTC.
    # HJ 633-2026: between 60 (100) and 115 (150): 50 / 55 × 10 + 100 = 109.09
    house.hears("1804A", "2026-03-01T15:00:00Z", hour)
    assert house.one(days, "aqi pm25UgM3 hours", PUBLIC) == {
        "aqi": [94, 110], "pm25UgM3": [70, 70], "hours": [20, 20],
    }  # fmt: skip
    # 16:00 UTC is the next day's first hour
    house.hears("1804A", "2026-03-01T16:00:00Z", hour)
    assert house.one(days, "hours", PUBLIC) == {"hours": [20, 20]}


def test_ozone_of_a_day_is_its_highest_eight_hours(house: House) -> None:
    house.place("registerStation", "1805A", network="NATIONAL")
    afternoon = [{**CLEAN, "O3": 200 if 12 <= hour < 20 else 40} for hour in range(24)]
    house.hears_hours("1805A", date(2026, 7, 1), *afternoon)
    found = house.one(
        'airDays(siteId: "1805A", since: "2026-07-01", until: "2026-07-01")', "aqi level o38hUgM3", PUBLIC
    )
    # the hours from 12:00 to 20:00 have 200 µg/m³; HJ 633 Table 1, O3 8h: 160 (100) to 215 (150):
    # 50 / 55 × 40 + 100 = 136.36
    assert found == {"aqi": [137], "level": [3], "o38hUgM3": [200]}
    why = house.one(
        'airDayExplain(siteId: "1805A", day: "2026-07-01")', "aqi items { factor concentration iaqi }", PUBLIC
    )
    assert why["aqi"] == 137
    assert {"factor": "O3", "concentration": 200.0, "iaqi": 137} in why["items"]


def test_a_program_may_speak_only_of_hours_that_are_and_sites_that_exist(house: House) -> None:
    house.place("registerStation", "1806A", network="NATIONAL")
    at = local(date(2026, 1, 1), 0)
    answer = house.posts(
        observed("1806A", at, CLEAN), observed("moon", at, CLEAN), observed("1806A", at, {"PM2.5": "many"}),
        observed("1806A", at, {"unobtainium": 3}),
    )  # fmt: skip
    assert (answer["accepted"], [each["index"] for each in answer["refused"]]) == (1, [1, 2, 3])
    hours = house.one(
        'airHours(siteId: "1806A", since: "2025-12-31T00:00:00Z", until: "2026-01-02T00:00:00Z")', "aqi"
    )
    # all six are below the first breakpoint; PM2.5 and PM10 decide: 50 / 35 × 20 = 28.57, 50 / 50 × 40 = 40
    assert hours == {"aqi": [40]}
