"""A real correction: both statements are kept, the later one is judged, and `asOf` shows the first."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from running.operations import OPERATIONS
from running.platform import Platform, silent
from services.air.commands import RegisterStation
from tests.conftest import Ask
from tests.factories import csv_rows

CORRECTION = "data/air/correction_1795A_2022-01-04T16.csv"
ASKED = """query($asOf: DateTime) {
  airHours(siteId: "1795A", since: "2022-01-04T00:00:00Z", until: "2022-01-05T00:00:00Z", asOf: $asOf) {
    aqi primaryPollutants pm25UgM3 } }"""


def test_the_correction_of_1795a(platform: Platform, ask: Ask, shared: Path) -> None:
    platform.handler.handle(
        RegisterStation(
            site_id="1795A",
            name_zh="科创中心",
            name_en="Kechuang",
            network="NATIONAL",
            position_source="test",
            source="test",
        )
    )
    report = OPERATIONS["import"](platform, {"files": [str(shared / CORRECTION)], "kind": "cnemc"}, silent)
    assert (report["accepted"], report["restated"], report["refused"]) == (2, 1, 0)
    first, later = csv_rows(shared / CORRECTION)
    assert (first["aqi"], later["aqi"]) == ("", "114")

    assert ask(ASKED)["airHours"] == {"aqi": [114], "primaryPollutants": [["PM2.5"]], "pm25UgM3": [86.0]}
    recorded = _recorded_at(platform)
    known = ask(ASKED, asOf=recorded[0].isoformat() + "Z")["airHours"]
    assert known == {"aqi": [None], "primaryPollutants": [[]], "pm25UgM3": [None]}
    before = ask(ASKED, asOf=(recorded[0] - _MICROSECOND).isoformat() + "Z")["airHours"]
    assert before == {"aqi": [], "primaryPollutants": [], "pm25UgM3": []}


_MICROSECOND = timedelta(microseconds=1)


def _recorded_at(platform: Platform) -> list[datetime]:
    with platform.database.read() as snapshot:
        rows: list[tuple[Any, ...]] = snapshot.connection.execute(
            "SELECT recorded_at FROM base.reading WHERE site_id = '1795A' AND factor = 'PM2.5' ORDER BY log_offset"
        ).fetchall()
    assert len(rows) == 2
    return [row[0] for row in rows]
