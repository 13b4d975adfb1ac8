"""What is written is on the disk, and not only with the operating system."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Have what a file holds, or which files a folder names, durable. Raises `OSError`."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
