"""How much memory an import takes, whatever its size: `python -m deploy.bench.imports --megabytes 216 --form csv`.

Writes a long file (a row for each reading, the rows of a sampling far from each other) of the size in the form, and
imports it into an empty platform in this process. The peak of the process's memory is what counts: below 1 GB.
"""

import argparse
import gzip
import itertools
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
from xlsxwriter import Workbook

from projections.database import Limits
from running.operations import OPERATIONS
from running.platform import open_platform, silent
from services.decider import Command
from services.water.commands import RegisterRiver

PROFILE = """
title: made up for a benchmark
source: bench
site: site
time: {column: time, zone: Asia/Shanghai, label: start, period: REALTIME}
readings:
  name: factor
  value: value
  unit: unit
  names: {TP: TP, TN: TN, NH3-N: NH3-N}
missing: [""]
"""
NAMES = ("site", "time", "factor", "value", "unit", "remark")
FORMS = ("csv", "csv.gz", "json", "ndjson", "xlsx")
_TIMES = 20_000
_ROW_BYTES = 66


def readings(count: int) -> Iterator[tuple[str, ...]]:
    """Rows of samplings: each factor of a sampling stands a third of the file behind the one before."""
    for number in range(count):
        factor, sampling = divmod(number, count // 3 + 1)
        site, at = divmod(sampling, _TIMES)
        day, minute = divmod(at, 1440)
        time_at = f"2024-{1 + day // 28:02}-{1 + day % 28:02} {minute // 60:02}:{minute % 60:02}"
        name = ("TP", "TN", "NH3-N")[factor]
        yield (
            f"R{site % 50:02}",
            time_at.replace("2024", f"{1990 + site // 50}"),
            name,
            f"{number % 97 / 100}",
            "mg/L",
            "a remark of some length",
        )


def written(folder: Path, form: str, count: int) -> Path:
    """The file of so many rows."""
    path = folder / f"readings.{form}"
    if form == "xlsx":
        with Workbook(path, {"constant_memory": True}) as book:
            sheet = book.add_worksheet()
            for number, row in enumerate(itertools.chain([NAMES], readings(count))):
                sheet.write_row(number, 0, row)
        return path
    with gzip.open(path, "wb", 1) if form.endswith(".gz") else path.open("wb") as file:
        if form.startswith("csv"):
            for row in itertools.chain([NAMES], readings(count)):
                file.write(",".join(row).encode() + b"\n")
        else:
            objects = (orjson.dumps(dict(zip(NAMES, row, strict=True))) for row in readings(count))
            file.write(b"[" * (form == "json"))
            for number, each in enumerate(objects):
                file.write((b",\n" if form == "json" and number else b"") + each + b"\n" * (form == "ndjson"))
            file.write(b"]" * (form == "json"))
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=216, help="of the same rows as CSV")
    parser.add_argument("--form", choices=FORMS, default="csv")
    parser.add_argument("--dry-run", action="store_true", help="read and judge only")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder), given.form, given.megabytes * 1_000_000 // _ROW_BYTES)
        profile = Path(folder) / "bench.yaml"
        profile.write_text(PROFILE)
        data = Path(folder) / "data"
        data.mkdir()
        before, began = _peak_mb(), time.monotonic()
        with open_platform(data, Limits()) as platform:
            for number in range(50):
                platform.handler.handle(_river(f"R{number:02}"))
            arguments = {"files": [str(path)], "kind": str(profile), "dry_run": given.dry_run}
            report = OPERATIONS["import"](platform, arguments, silent)
        size, seconds = path.stat().st_size / 1e6, time.monotonic() - began
    print(
        f"{given.form}: {size:.0f} MB, {report['rows']} rows, {report['statements']} statements,"
        f" {report['rows_refused']} refused, {report['unaccounted']} unaccounted, {seconds:.0f} s;"
        f" peak {_peak_mb()} MB (before: {before} MB)"
    )


def _river(site_id: str) -> Command:
    named = {"name_zh": "x", "name_en": "x", "position_source": "made up"}
    river: Command = RegisterRiver(source="bench", site_id=site_id, **named)
    return river


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
