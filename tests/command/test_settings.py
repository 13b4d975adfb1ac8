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
