"""What stands in the deployment files is what the platform knows: settings, versions, forms."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.kafka.cluster import POM
from env1357.settings import Settings, listed
from tests.conftest import ROOT

FILES = [ROOT / "deploy/compose.yaml", *sorted((ROOT / "deploy/kubernetes").glob("*.yaml"))]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_deployment_names_settings_that_there_are(path: Path) -> None:
    known = {variable for variable, *_ in listed(Settings())}
    assert set(re.findall(r"ENV1357_[A-Z_]+[A-Z]", path.read_text("utf-8"))) <= known


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_deployment_runs_the_broker_that_is_tested(path: Path) -> None:
    (tested,) = re.findall(r"<kafka.version>([\d.]+)<", POM.read_text("utf-8"))
    named = re.findall(r"apache/kafka:([\d.]+)|^    version: ([\d.]+)$", path.read_text("utf-8"), re.MULTILINE)
    assert {one or other for one, other in named} <= {tested}


def test_manifests_say_what_they_are_and_select_what_they_make() -> None:
    found: list[Any] = [each for path in FILES[1:] for each in yaml.safe_load_all(path.read_text("utf-8"))]
    kinds = {each["kind"]: each for each in found}
    assert set(kinds) == {"Kafka", "KafkaNodePool", "Job", "Service", "StatefulSet"}
    stateful = kinds["StatefulSet"]["spec"]
    assert stateful["selector"]["matchLabels"] == stateful["template"]["metadata"]["labels"]
    assert kinds["Service"]["spec"]["selector"] == stateful["selector"]["matchLabels"]


def test_compose_has_three_brokers_and_publishes_on_loopback_only() -> None:
    services: Any = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text("utf-8"))["services"]
    assert [name for name in services if name.startswith("kafka-")] == ["kafka-1", "kafka-2", "kafka-3"]
    published = [port for service in services.values() for port in service.get("ports", [])]
    assert all(port.startswith("127.0.0.1:") for port in published)
