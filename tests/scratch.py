"""Folders of drawn examples: hundreds of databases a test, of which none is of use once it passed."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def scratch(factory: pytest.TempPathFactory, name: str) -> Iterator[Path]:
    """A new folder that is removed when the block ends well, and left to be looked at when it fails."""
    folder = factory.mktemp(name)
    yield folder
    shutil.rmtree(folder)
