"""Suggests a profile for a file of another kind, from the names of its columns; a person checks and saves it."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from ingest.rows import BadFile
from ingest.tables import tables
from schemas.standards import factors
from services.decider import Refused

_SITES = (
    "stationcode",
    "siteid",
    "sitecode",
    "station",
    "site",
    "点位编码",
    "站点编码",
    "站点",
    "点位",
    "断面",
    "监测点",
)
_TIMES = (
    "observedat", "timepoint", "datetime", "datetimestamp", "monitortime", "timestamp", "time", "date", "监测时间",
    "采样时间", "时间", "日期",
)  # fmt: skip
_UNITS = re.compile(r"[（(\[].*?[）)\]]")


def suggest(path: Path) -> str:
    """A profile as YAML: what was recognised, and in comments what was not. Raises `Refused`."""
    try:
        table = next(tables(path, [], every=True), None)
    except BadFile as bad:
        raise bad.refusal from None
    columns = table.frame.columns if table else []
    known = dict(_recognised(columns))
    site, time = _first(columns, _SITES), _first(columns, _TIMES)
    if not known or time is None:
        raise Refused(
            "not_recognised",
            f"no column looks like {'a factor' if not known else 'a time'}; there are {', '.join(columns)}",
            "file",
            "Write a profile by hand after those in ingest/profiles.",
        )
    said: dict[str, Any] = {
        "title": path.name,
        "source": path.stem.partition(".")[0],
        **({"site": site} if site else {}),
        "time": {"column": time, "zone": "Asia/Shanghai", "label": "start", "period": "HOUR"},
        "factors": known,
        "missing": ["", "-", "—", "NA", "/"],
    }
    left = [column for column in columns if column not in (site, time, *known.values())]
    notes = [
        "# Suggested from the columns' names. Check the zone, whether a time labels the start or the end of its",
        "# period, the period, and the units: factors' own are in schemas/standards/factor.csv; others need a",
        "# `{column: …, scale: 1/1000}`. Then: env1357 import FILE --as this.yaml",
        *([] if site else ["# No column looks like a site: the file's name is taken for it."]),
        *([f"# Not used: {', '.join(left)}"] if left else []),
    ]
    return "\n".join(notes) + "\n" + yaml.safe_dump(said, allow_unicode=True, sort_keys=False)


def _recognised(columns: Sequence[str]) -> Iterator[tuple[str, str]]:
    names: dict[str, str] = {}
    for code, factor in factors().items():
        for name in (code, factor.name_zh, factor.name_en):
            names.setdefault(_plain(name), code)
    taken = set[str]()
    for column in columns:
        code = names.get(_plain(column), "")
        if code and code not in taken:
            taken.add(code)
            yield code, column


def _first(columns: Sequence[str], names: Sequence[str]) -> str | None:
    plain = {_plain(column): column for column in reversed(columns)}
    return next((plain[name] for name in names if name in plain), None)


def _plain(name: str) -> str:
    """A name without units, marks and case: `PM2.5 (µg/m³)` and `pm2_5` are alike."""
    return re.sub(r"[\W_]", "", _UNITS.sub("", name)).lower()
