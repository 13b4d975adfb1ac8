"""GDAL reads each layer through small pages, every row once, while rows are being appended."""

import json
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from eventlog.codec import drafts
from gateway.app import build_app
from running.platform import Platform
from tests.factories import NOON, hours, observation, section
from tests.lacking import skip_or_fail
from tests.waiting import eventually


@pytest.fixture
def url(platform: Platform, tmp_path: Path) -> Iterator[str]:
    """The address of a server on the platform."""
    app = build_app(platform, "key", tmp_path / "no-page", {})
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    eventually(lambda: server.started)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/ogc"
    server.should_exit = True
    thread.join()


def gdal(*arguments: str) -> str:
    if not shutil.which("ogr2ogr"):
        skip_or_fail("GDAL is not here; tests/provide-gdal installs it where it may")
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_every_row_is_read_once_while_rows_are_appended(url: str, platform: Platform, tmp_path: Path) -> None:
    known = hours(NOON, 60)
    places = [section(f"p{number:02}", lon=116 + number / 100, lat=29.7) for number in range(25)]
    platform.log.append(drafts([*places, *(observation("S", at, {"PM10": 50.0}) for at in known)]))
    eventually(lambda: platform.follower.lag() == 0)
    done = threading.Event()

    def append() -> None:
        for number in range(99_999, 0, -1):  # before what is read, so that reading comes to an end
            if done.is_set():
                return
            platform.log.append(drafts([observation(f"A{number:05}", at, {"PM10": 1.0}) for at in known[:10]]))
            time.sleep(0.02)

    appending = threading.Thread(target=append)
    appending.start()
    try:
        layers = gdal("ogrinfo", "-q", f"OAPIF:{url}")
        assert "air.hourly" in layers
        for layer, expected in (
            ("base.site", {(f"p{number:02}", "") for number in range(25)}),
            ("air.hourly", {("S", f"{at:%Y-%m-%dT%H:%M:%S}") for at in known}),
        ):
            written = tmp_path / f"{layer}.geojson"
            options = ("-oo", "PAGE_SIZE=7", "-oo", "INITIAL_REQUEST_PAGE_SIZE=7")
            gdal("ogr2ogr", "-f", "GeoJSON", str(written), f"OAPIF:{url}", layer, *options)
            rows = [each["properties"] for each in json.loads(written.read_text())["features"]]
            identities = [(row["site_id"], row.get("observed_at")) for row in rows]
            assert len(identities) == len(set(identities)), layer
            found = {
                (row["site_id"], row.get("observed_at", "")[:19].replace("/", "-").replace(" ", "T"))
                for row in rows
            }
            assert expected <= found, layer
    finally:
        done.set()
        appending.join()
