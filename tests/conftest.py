"""What tests share: a log, tables, a platform, the clock, and the real data beside the project."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from starlette.testclient import TestClient

from eventlog.embedded import EmbeddedLog
from gateway.app import build_app
from gateway.front.doors import Doors
from mobile_api.manager import manager_schema
from mobile_api.officer import officer_schema
from mobile_api.public import public_schema
from projections.database import Limits
from projections.layout import lay_out
from running.platform import Platform, open_platform
from tests.brokers import broker_or_skip, stop_broker
from tests.factories import Tables, csv_rows
from tests.lacking import skip_or_fail

ROOT = Path(__file__).parent.parent
DISTRICT = ROOT / "deploy" / "districts" / "xunyang"
REFERENCES = sum(len(csv_rows(path)) for path in DISTRICT.glob("*.csv"))
"""How many rows of reference data the district has."""

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)

__all__ = ["skip_or_fail"]

os.environ["RUST_BACKTRACE"] = "0"  # as the command does: bad input makes the Avro reader panic, which is caught

Ask = Callable[..., Any]
"""Sends a GraphQL document and returns its data."""


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data and standards; without it the test is skipped, which `CI` does not allow."""
    folder = ROOT.parent / "shared"
    if not folder.exists():
        skip_or_fail("the folder ../shared with the real data is not here")
    return folder


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real Kafka broker; without Java and Maven (or a broker that is given) tests are skipped."""
    yield broker_or_skip(tmp_path_factory)
    stop_broker()


@pytest.fixture
def log(tmp_path: Path) -> Iterator[EmbeddedLog]:
    opened = EmbeddedLog(tmp_path / "log.sqlite")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file that is laid out and empty, to be copied."""
    path = tmp_path_factory.mktemp("laid-out") / "empty.duckdb"
    with duckdb.connect(str(path)) as connection:
        lay_out(connection)
    return path


@pytest.fixture
def tables(laid_out: Path, tmp_path: Path) -> Iterator[Tables]:
    """Empty tables, to be filled by events."""
    copied = Tables.copied(laid_out, tmp_path / "tables.duckdb")
    yield copied
    copied.connection.close()


@pytest.fixture
def clock() -> Callable[[], datetime]:
    return lambda: NOW


@pytest.fixture
def server(platform: Platform, tmp_path: Path) -> Iterator[TestClient]:
    """The application on an empty platform; its key is `key`."""
    schemas = {"public": public_schema(), "officer": officer_schema(), "manager": manager_schema()}
    with TestClient(build_app(platform, "key", tmp_path / "no-page", schemas, Doors(["testserver"]))) as client:
        yield client


@pytest.fixture
def ask(server: TestClient) -> Ask:
    """Sends a GraphQL document and returns its data; errors fail the test."""

    def send(document: str, path: str = "/graphql", **variables: Any) -> Any:
        answer = server.post(path, json={"query": document, "variables": variables}).json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    return send


@pytest.fixture
def data(laid_out: Path, tmp_path: Path) -> Path:
    """An empty data folder."""
    (tmp_path / "data").mkdir()
    shutil.copy(laid_out, tmp_path / "data" / "projections.duckdb")
    return tmp_path / "data"


@pytest.fixture
def platform(data: Path, clock: Callable[[], datetime]) -> Iterator[Platform]:
    """A platform on the data folder; its clock stands at `NOW`."""
    with open_platform(data, Limits(threads=1), clock) as opened:
        yield opened
