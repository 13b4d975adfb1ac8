"""Settings: all listed, read once, flags before variables before defaults."""

import re
from pathlib import Path

import pytest

from env1357.settings import BadSetting, Settings, listed, read_settings
from tests.conftest import ROOT

SOURCES = [path for path in ROOT.glob("*/**/*.py") if not {".venv", "tests"} & set(path.parts)]


def test_a_flag_wins_over_a_variable_and_that_over_the_default() -> None:
    assert read_settings({}).port == 8357
    assert read_settings({"ENV1357_PORT": "1"}).port == 1
    assert read_settings({"ENV1357_PORT": "1"}, port=2, data=None) == Settings(port=2)


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("PORT", "99999", "from 0 to 65535"),
        ("PORT", "-1", "from 0 to 65535"),
        ("HJ212_PORT", "65536", "from 0 to 65535"),
        ("DEMO_SEED", "-1", "from 0 on"),
        ("MEMORY_LIMIT", "abc", "as 256MB"),
        ("MEMORY_LIMIT", "256", "as 256MB"),
        ("MEMORY_LIMIT", "", "as 256MB"),
        ("THREADS", "0", "1 thread at the least"),
    ],
)
def test_what_can_not_be_is_told_with_what_can(variable: str, value: str, told: str) -> None:
    with pytest.raises(BadSetting, match=told) as refused:
        read_settings({f"ENV1357_{variable}": value})
    assert f"ENV1357_{variable}" in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("value", ["1GB", "512MiB", "80%", "1.5 GB"])
def test_memory_is_said_as_duckdb_says_it(value: str) -> None:
    assert read_settings({"ENV1357_MEMORY_LIMIT": value}).limits.memory == value


def test_every_setting_says_what_it_is() -> None:
    for variable, _value, _default, doc in listed(Settings()):
        assert doc.endswith("."), variable


@pytest.mark.parametrize("path", [*SOURCES, ROOT / "README.md"], ids=lambda path: str(path.relative_to(ROOT)))
def test_no_variable_is_spoken_of_that_is_no_setting(path: Path) -> None:
    known = {variable for variable, *_ in listed(Settings())}
    spoken = set(re.findall(r"ENV1357_[A-Z0-9]+(?:_[A-Z0-9]+)*", path.read_text(encoding="utf-8")))
    assert spoken <= known


def test_a_boolean_is_true_or_false() -> None:
    assert read_settings({"ENV1357_BEHIND_PROXY": "True"}).behind_proxy
    with pytest.raises(BadSetting, match="use true or false"):
        read_settings({"ENV1357_BEHIND_PROXY": "perhaps"})
