"""The trial of kills, small: its counts of record are made with `python -m deploy.trials.kills`."""

from pathlib import Path

import pytest

from deploy.trials.kills import run


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_or_doubled_by_kills(tmp_path: Path) -> None:
    on, wrong = run(tmp_path / "data", 3, 7)
    assert wrong == []
    assert sum(on.kills.values()) == 3
    assert on.acknowledged
