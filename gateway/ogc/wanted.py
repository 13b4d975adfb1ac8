"""What is asked of a collection's items: OGC API Features Part 1 (17-069r4) 7.15 and Part 2 (18-058r1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NoReturn

from gateway.api.bodies import BadRequest
from gateway.moments import moment_of
from gateway.sharing.asking import Asked, read_asked
from gateway.sharing.datasets import DataSet
from projections.asked import Argument

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
LATITUDE_FIRST = (
    "http://www.opengis.net/def/crs/EPSG/0/4326",
    "http://www.opengis.net/def/crs/EPSG/0/4490",
)
"""WGS 84, and CGCS2000, which differs from it by less than positions here are known to."""

CRS = (CRS84, *LATITUDE_FIRST)
DEFAULT_ITEMS, MOST_ITEMS = 100, 10_000

_OWN = ("limit", "bbox", "bbox-crs", "datetime", "crs", "after", "f")
_BEIJING = timedelta(hours=8)
_HALF_CIRCLE, _QUARTER = 180.0, 90.0


@dataclass(frozen=True)
class Wanted:
    """The rows, and the reference system in which their positions are told."""

    asked: Asked
    crs: str


def read_wanted(data_set: DataSet, said: list[tuple[str, str]]) -> Wanted:
    """What a query string asks for. Raises `BadRequest` with 400, as Part 1 has it (7.15.8, 7.15.9)."""
    own = {name: text for name, text in said if name in _OWN}
    if len(own) != sum(name in _OWN for name, _ in said):
        _refuse("query", "a parameter is given twice")
    others = [(name, text) for name, text in said if name not in _OWN]
    crs = _crs("crs", own.get("crs", CRS84))
    if own.get("f", "json") not in ("json", "geojson"):
        _refuse("f", "items are GeoJSON")
    extra, given = _conditions(data_set, own)
    try:
        asked = read_asked(
            data_set,
            [*others, ("first", str(_limit(own))), *([("after", own["after"])] if "after" in own else [])],
            ("json",),
            extra,
            given,
        )
    except BadRequest as bad:
        raise BadRequest(400, bad.code, bad.message, bad.remedy) from bad
    return Wanted(asked, crs)


def _limit(own: Mapping[str, str]) -> int:
    text = own.get("limit", str(DEFAULT_ITEMS))
    if not (text.isascii() and text.isdigit() and int(text[:12]) > 0):
        _refuse("limit", f"{text[:40]!r} is no number from 1")
    return min(int(text[:12]), MOST_ITEMS)


def _conditions(data_set: DataSet, own: Mapping[str, str]) -> tuple[tuple[Argument, ...], dict[str, Any]]:
    """The conditions that bbox and datetime set, and the values that they are compared with."""
    extra: list[Argument] = []
    given: dict[str, Any] = {}
    if "bbox" in own:
        west, south, east, north = _box(own["bbox"], _crs("bbox-crs", own.get("bbox-crs", CRS84)))
        across = "OR" if west > east else "AND"
        sql = (
            f"(place_lon >= $bbox_west {across} place_lon <= $bbox_east)"
            " AND place_lat BETWEEN $bbox_south AND $bbox_north"
        )
        extra.append(Argument("bbox_west", "DOUBLE", False, sql, "Within a box."))
        given |= {"bbox_west": west, "bbox_south": south, "bbox_east": east, "bbox_north": north}
    time = data_set.time
    if "datetime" in own:
        since, until = _interval(own["datetime"])
        kind = next((column.kind for column in data_set.columns if column.name == time), None)
        for name, moment, sign in (("time_since", since, ">="), ("time_until", until, "<=")):
            if time and moment is not None:
                extra.append(Argument(name, "TIMESTAMP", False, f'"{time}" {sign} ${name}', "Within a time."))
                given[name] = (moment + _BEIJING).date() if kind == "DATE" else moment
    return tuple(extra), given


def _box(text: str, crs: str) -> tuple[float, float, float, float]:
    """West, south, east and north of a bbox of four numbers, or of six, whose heights say nothing here."""
    try:
        numbers = [float(each) for each in text.split(",")]
    except ValueError:
        _refuse("bbox", f"{text[:60]!r} is no list of numbers")
    if len(numbers) == 6:
        numbers = [*numbers[:2], *numbers[3:5]]
    if len(numbers) != 4:
        _refuse("bbox", "it has four or six numbers")
    if crs in LATITUDE_FIRST:
        numbers = [numbers[1], numbers[0], numbers[3], numbers[2]]
    west, south, east, north = numbers
    if not (abs(west) <= _HALF_CIRCLE and abs(east) <= _HALF_CIRCLE and -_QUARTER <= south <= north <= _QUARTER):
        _refuse("bbox", "it is no box of degrees: west, south, east, north in CRS84")
    return west, south, east, north


def _interval(text: str) -> tuple[datetime | None, datetime | None]:
    """From when until when, both included; None where it is open (7.15.5)."""
    ends = text.split("/")
    if len(ends) > 2:
        _refuse("datetime", "it is a time, or two with / between")
    read = [None if each in ("", "..") else _time(each) for each in ends]
    since, until = read[0], read[-1]
    if (len(ends) == 1 and since is None) or (since and until and since > until):
        _refuse("datetime", f"{text[:60]!r} is neither a time nor an interval")
    return since, until


def _time(text: str) -> datetime:
    try:
        return moment_of(text)
    except ValueError:
        _refuse("datetime", f"{text[:60]!r} is no time by RFC 3339")


def _crs(name: str, text: str) -> str:
    if text not in CRS:
        _refuse(name, f"{text[:80]!r} is none of {', '.join(CRS)}")
    return text


def _refuse(where: str, why: str) -> NoReturn:
    raise BadRequest(400, "bad_parameter", f"{where}: {why}", "See /ogc/api for what can be asked.")
