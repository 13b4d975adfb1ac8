"""Whoever logs goes on, also where nobody can be told: a terminal that is gone must not end a reader."""

import io
import sys

import pytest
import structlog

from env1357 import logging


class _Gone(io.StringIO):
    def write(self, _text: str) -> int:
        raise BrokenPipeError("the terminal is gone")


@pytest.fixture(autouse=True)
def _configured() -> None:
    logging.configure()


@pytest.mark.parametrize("gone", [_Gone(), io.StringIO()])
def test_a_line_that_nobody_can_read_is_no_failure(gone: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    if not isinstance(gone, _Gone):
        gone.close()
    monkeypatch.setattr(sys, "stderr", gone)
    structlog.get_logger("test").error("said to nobody")


def test_a_line_goes_to_standard_error_as_it_is_now(monkeypatch: pytest.MonkeyPatch) -> None:
    now = io.StringIO()
    monkeypatch.setattr(sys, "stderr", now)
    structlog.get_logger("test").error("said", pw="x")
    assert '"event": "said"' in now.getvalue()
