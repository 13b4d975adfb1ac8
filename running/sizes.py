"""What files take on the disk."""

from pathlib import Path


def size_of(path: Path) -> int:
    """Bytes of a database file and of what stands beside it in its write-ahead log; 0 where it is not there.

    A link counts as what it leads to.
    """
    file = path.resolve()
    return sum(each.stat().st_size for each in (file, *_write_ahead_logs(file)) if each.exists())


def _write_ahead_logs(file: Path) -> list[Path]:
    return [file.with_name(file.name + ending) for ending in (".wal", "-wal")]
