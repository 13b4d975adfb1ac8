"""A real external registry, Apicurio's through its Confluent-compatible API: its ids stand in the records."""

import shutil
import socket
import subprocess
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from eventlog.codec import drafts
from eventlog.confluent import RegisteredIds
from eventlog.kafka import Address, KafkaLog
from schemas.ids import registry
from tests.factories import observation, section
from tests.lacking import skip_or_fail

pytestmark = pytest.mark.slow

ARTIFACT = "io.apicurio:apicurio-registry-app:2.5.11.Final:zip:all"  # 3.x needs Java 21
CACHE = Path(__file__).parents[2] / ".cache" / "apicurio"


def unpacked() -> Path:
    """The registry's folder, brought by Maven the first time."""
    if not any(CACHE.glob("*runner.jar")):
        for program in ("java", "mvn"):
            if shutil.which(program) is None:
                skip_or_fail(f"`{program}` is not here: Apicurio Registry can't be started")
        CACHE.mkdir(parents=True, exist_ok=True)
        command = ["mvn", "-q", "-B", "dependency:copy", f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={CACHE}"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            skip_or_fail(f"Maven could not bring Apicurio Registry: {done.stdout[-500:]}")
        (archive,) = CACHE.glob("*-all.zip")
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(CACHE)
        archive.unlink()
    return CACHE


@pytest.fixture(scope="module")
def apicurio() -> Iterator[str]:
    """The address of its Confluent-compatible API."""
    (jar,) = unpacked().glob("*runner.jar")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    flags = ["-Xmx512m", f"-Dquarkus.http.port={port}", "-Dquarkus.http.host=127.0.0.1"]
    url = f"http://127.0.0.1:{port}/apis/ccompat/v7"
    with subprocess.Popen(["java", *flags, "-jar", str(jar)], stdout=subprocess.DEVNULL) as process:
        try:
            _wait_for(f"{url}/subjects", process)
            yield url
        finally:
            process.terminate()
            process.wait(30)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert process.poll() is None, "Apicurio Registry ended by itself"
        try:
            if httpx2.get(url).status_code == httpx2.codes.OK:
                return
        except httpx2.HTTPError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"{url} does not answer")


def test_every_schema_is_registered_and_known_again(apicurio: str) -> None:
    writer, reader = RegisteredIds(apicurio), RegisteredIds(apicurio)
    ids = {schema_id: writer.outside(schema_id) for schema_id in registry().entries}
    assert {reader.inside(outside): outside for outside in ids.values()} == ids
    assert reader.inside(10**6) not in ids
    for each in (writer, reader):
        each.close()


def test_its_ids_stand_in_the_records(apicurio: str, address: Address) -> None:
    first = RegisteredIds(apicurio)
    for schema_id in reversed(list(registry().entries)):
        first.outside(schema_id)  # so that its ids are not ours
    with_ids = KafkaLog(address, ids=RegisteredIds(apicurio))
    with_ids.append(drafts([observation(), section()]))
    plain = KafkaLog(address)
    newest = {registry().newest(name).id for name in ("air.observation_recorded", "water.section_registered")}
    assert {batch.schema_id for batch in plain.read({})} == {first.outside(schema_id) for schema_id in newest}
    assert {batch.schema_id for batch in with_ids.read({})} == newest
    for each in (first, with_ids, plain):
        each.close()
