"""What journeys share: a platform for each module of them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from gateway.app import build_app
from gateway.front.doors import Doors
from mobile_api.manager import manager_schema
from mobile_api.officer import officer_schema
from mobile_api.public import public_schema
from projections.database import Limits
from running.keys import issue
from running.platform import open_platform
from tests.conftest import NOW
from tests.journeys.house import House


@pytest.fixture(scope="module")
def house(laid_out: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A platform for the tests of a module, which name things that no other test of it names."""
    folder = tmp_path_factory.mktemp("house")
    data = folder / "data"
    data.mkdir()
    shutil.copy(laid_out, data / "projections.duckdb")
    schemas = {"public": public_schema(), "officer": officer_schema(), "manager": manager_schema()}
    with open_platform(data, Limits(threads=1), lambda: NOW) as platform:
        app = build_app(platform, "key", folder / "no-page", schemas, Doors(["testserver"]))
        with TestClient(app) as client:
            yield House(platform, client, issue(platform, "logger", "DEVICE", [], "test")[1])
    shutil.rmtree(folder)
