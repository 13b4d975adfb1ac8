"""What a test does that needs something which this machine has not."""

import os
from typing import NoReturn

import pytest


def skip_or_fail(reason: str) -> NoReturn:
    """Skip a test for something that this machine lacks; where `CI` is set, fail."""
    if os.environ.get("CI"):
        pytest.fail(f"{reason}, and CI may skip nothing")
    pytest.skip(reason)
