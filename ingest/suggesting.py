"""Suggests a profile for a file of another kind, from the names of its columns; a person checks and saves it."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from ingest.choices import Choice
from ingest.rows import BadFile
from ingest.tables import opened
from ingest.units import Conversion, conversion
from schemas.standards import factors
from services.decider import Refused

_SITES = (
    "stationcode", "siteid", "sitecode", "stationid", "station", "site", "monitoringlocationidentifier", "点位编码",
    "站点编码", "站点编号", "断面编码", "测点编码", "站点", "点位", "断面", "监测点", "监测点位", "测点",
    "站点名称", "点位名称", "断面名称", "监测点名称", "监测点位名称", "测点名称", "监测站点", "站名",
    "stationname", "sitename",
)  # fmt: skip
_TIMES = (
    "observedat", "timepoint", "datetime", "datetimestamp", "monitortime", "timestamp", "time", "date", "监测时间",
    "采样时间", "数据时间", "观测时间", "日期时间", "时间", "监测日期", "采样日期", "日期",
)  # fmt: skip
_ALSO = {
    "温度": "temperature", "湿度": "humidity", "大气压": "pressure", "大气压力": "pressure",
    "降雨量": "precipitation",
    "ph": "pH", "高锰酸钾指数": "CODMn", "cod": "COD", "bod": "BOD5", "电导": "conductivity",
    "叶绿素": "chla",
}  # fmt: skip
"""Names of factors that are common beside their own."""
_BRACKETS = re.compile(r"[（(\[【]([^（(\[【]*?)[）)\]】]")
_MEANS = re.compile(
    r"(?:最近|过去)?(\d+)?\s*(?:-?h(?:r|our)?s?|小时|日|天|d(?:ay)?s?)?\s*(?:滑动)?(?:平均值?|均值|avg|mean|最大值?|max)?",
    re.IGNORECASE,
)
_HOUR = re.compile(r"1?\s*(?:-?h(?:r|our)?|小时)(?:平均值?|均值|avg|mean)?|hourly", re.IGNORECASE)


class _Column(NamedTuple):
    """A column that is a factor's: `how` is what a profile says of it; `why` tells why it is left out."""

    code: str
    how: Any
    why: str = ""
    is_hour: bool = False


def suggest(path: Path) -> str:
    """A profile as YAML: what was recognised, and in comments what was not. Raises `Refused`."""
    try:
        with opened(path, [Choice(_recognisable), Choice(_any)]) as source:
            columns = [name for name in source.names if name]
    except BadFile as bad:
        raise bad.refusal from None
    read = list(_recognised(columns))
    known, left_out = (
        {each.code: each.how for each in read if not each.why},
        [each.why for each in read if each.why],
    )
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
    used = {how if isinstance(how, str) else how["column"] for how in known.values()}
    left = [column for column in columns if column not in (site, time, *used)]
    notes = [
        "# Suggested from the columns' names. Check the zone, whether a time labels the start or the end of its",
        "# period, the period, and the units: a scale stands where a name says its unit; factors' own are in",
        "# schemas/standards/factor.csv. Then: env1357 import FILE --as this.yaml",
        *([] if site else ["# No column looks like a site: the file's name is taken for it."]),
        *(f"# Left out: {why}" for why in left_out),
        *([f"# Not used: {', '.join(left)}"] if left else []),
    ]
    return "\n".join(notes) + "\n" + yaml.safe_dump(said, allow_unicode=True, sort_keys=False)


def _recognisable(names: Sequence[str]) -> Sequence[str] | None:
    """A header in which a time and a factor are found."""
    found = _first(names, _TIMES) is not None and any(True for _ in _recognised(names))
    return [name for name in names if name] if found else None


def _any(names: Sequence[str]) -> Sequence[str]:
    return list(dict.fromkeys(filter(None, names)))


def _recognised(columns: Sequence[str]) -> Iterator[_Column]:
    """The columns that are factors', one for each: of several the one of an hour, or of no period that is named."""
    names: dict[str, str] = dict(_ALSO)
    for code, factor in factors().items():
        for name in (code, factor.name_zh, factor.name_en):
            names.setdefault(_plain(name), code)
    found: dict[str, list[_Column]] = {}
    for column in columns:
        code = names.get(_plain(column)) or names.get(_plain(_BRACKETS.sub("", column)), "")
        if code:
            found.setdefault(code, []).append(_read(code, column))
    for several in found.values():
        taken = sorted(several, key=lambda each: (bool(each.why), not each.is_hour))[0]
        yield from (each for each in several if each.why and each is not taken)
        yield taken


def _read(code: str, column: str) -> _Column:
    """What the brackets behind a name say: a period, or a unit."""
    scale, is_hour = Conversion(), False
    if _plain(column) in (_plain(code), _plain(factors()[code].name_zh), _plain(factors()[code].name_en)):
        return _Column(code, column)
    for inside in _BRACKETS.findall(unicodedata.normalize("NFKC", column)):
        if _HOUR.fullmatch(inside):
            is_hour = True
        elif inside and _MEANS.fullmatch(inside):
            return _Column(code, column, f"{column} is a mean or a maximum of other than an hour")
        elif (by := conversion(inside, code)) is not None:
            scale = by
        else:
            return _Column(code, column, f"{column} has a unit that can't be brought to {factors()[code].unit}")
    how = {"column": column, "scale": str(scale.scale)} | ({"shift": str(scale.shift)} if scale.shift else {})
    return _Column(code, column if scale == Conversion() else how, is_hour=is_hour)


def _first(columns: Sequence[str], names: Sequence[str]) -> str | None:
    plain = {_plain(_BRACKETS.sub("", column)): column for column in reversed(columns)}
    return next((plain[name] for name in names if name in plain), None)


def _plain(name: str) -> str:
    """A name without marks, width and case: `PM₂.₅` and `pm2_5` are alike."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", name)).lower()
