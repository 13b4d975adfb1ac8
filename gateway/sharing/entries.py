"""What is written down about data sets: for people, by DCAT 3, and by the fields of the national catalogue."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.sharing.datasets import DataSet, data_sets
from projections.columns import Column
from schemas.contract import Disclosure

SHARED: Mapping[Disclosure, tuple[str, str]] = {
    "public": ("无条件共享", "无条件开放"),
    "internal": ("有条件共享", "不予开放"),
    "restricted": ("不予共享", "不予开放"),
}
"""共享属性 and 开放属性 (政务数据共享条例, 国令第809号) of what a class of callers is the first to see."""

_CLASSES: tuple[Disclosure, ...] = ("public", "internal", "restricted")
_STANDARD = re.compile(r"\b(?:GB|HJ|DB|CJ|SL)(?:/T)? ?\d+(?:\.\d+)?(?:[-—]\d{4})?")
_UNITS = {
    "ug_m3": "µg/m³", "mg_m3": "mg/m³", "mg_l": "mg/L", "t": "t", "kg": "kg", "g": "g", "m": "m", "km": "km",
    "km2": "km²", "ha": "ha", "s": "s", "h": "h", "pct": "%", "c": "°C", "m3": "m³", "m_s": "m/s", "kw": "kW",
}  # fmt: skip
_DCAT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
}


@dataclass(frozen=True)
class Publisher:
    """Who answers for the data sets: a name, how to reach them, and under what licence others may use the data."""

    name: str = ""
    contact: str = ""
    licence: str = ""


def first_seen(data_set: DataSet) -> Disclosure:
    """The most open class of callers that has this data set."""
    return next(each for each in _CLASSES if data_set.name in data_sets(each))


def summary(data_set: DataSet) -> dict[str, str]:
    """A line of the index."""
    path = f"/api/v1/{data_set.name}"
    words = data_set.question.words
    return {"name": data_set.name, "title": words, "rows": path, "about": f"{path}/about"}


def entry(data_set: DataSet, base: str, publisher: Publisher) -> dict[str, Any]:
    """All that holds of a data set whatever its rows are; `base` is the server's address."""
    projection = data_set.projection
    shared, opened = SHARED[first_seen(data_set)]
    return {
        "name": data_set.name,
        "meaning": data_set.question.words,
        "grain": projection.grain,
        "key": list(projection.key),
        "follows_from": list(projection.sources),
        "disclosure": first_seen(data_set),
        "place": data_set.place != "none",
        "licence": publisher.licence or None,
        "publisher": publisher.name or None,
        "contact": publisher.contact or None,
        "national": {
            "信息资源名称": data_set.name,
            "信息资源代码": f"env1357/{data_set.name}",
            "信息资源分类": data_set.name.partition(".")[0],
            "信息资源提供方": publisher.name or None,
            "信息项": [column.name for column in data_set.columns],
            "共享属性": shared,
            "开放属性": opened,
            "更新周期": "实时",
        },
        "fields": [_field(column) for column in data_set.columns],
        "calls": calls(data_set, base),
    }


def calls(data_set: DataSet, base: str) -> dict[str, str]:
    """Three ways to take the data set that can be copied as they stand."""
    url = f"{base}/api/v1/{data_set.name}"
    return {
        "curl": f"curl -OJ '{url}?format=csv'",
        "python": f'import polars\nframe = polars.read_parquet("{url}?format=parquet")',
        "excel_power_query": f'let\n  Source = Csv.Document(Web.Contents("{url}?format=csv"), [Encoding=65001]),\n'
        "  Rows = Table.PromoteHeaders(Source)\nin\n  Rows",
    }


def _field(column: Column) -> dict[str, Any]:
    standard = _STANDARD.search(column.words)
    return {
        "name": column.name,
        "type": column.kind.lower(),
        "meaning": column.words,
        "unit": unit(column.name),
        "standard": standard[0] if standard else None,
        "values": list(column.enum.values) if column.enum else None,
        "may_be_null": not column.never_null,
        "disclosure": column.disclosure,
    }


def unit(name: str) -> str | None:
    """The unit that a column's name ends in; None where it says none."""
    parts = name.split("_")
    ends = ("_".join(parts[start:]) for start in range(1, len(parts)))
    return next((_UNITS[end] for end in ends if end in _UNITS), None)


def dcat(seen: Disclosure, base: str, publisher: Publisher, formats: Mapping[str, str]) -> dict[str, Any]:
    """The catalogue by DCAT 3 as JSON-LD; `formats` are media types by the names of formats."""
    found = data_sets(seen).values()
    return {
        "@context": _DCAT,
        "@id": f"{base}/dcat",
        "@type": "dcat:Catalog",
        "dct:title": "env1357",
        "dct:description": "Environmental data of a district.",
        **_responsible(publisher),
        "dcat:dataset": [_described(each, base, publisher, formats) for each in found],
    }


def _described(data_set: DataSet, base: str, publisher: Publisher, formats: Mapping[str, str]) -> dict[str, Any]:
    url = f"{base}/api/v1/{data_set.name}"
    shared, _ = SHARED[first_seen(data_set)]
    return {
        "@id": f"{url}/about",
        "@type": "dcat:Dataset",
        "dct:identifier": data_set.name,
        "dct:title": data_set.name,
        "dct:description": data_set.question.words,
        "dct:accessRights": {"@type": "dct:RightsStatement", "dct:description": shared},
        "dcat:theme": {"@id": f"{base}/api/v1/#{data_set.name.partition('.')[0]}"},
        "dcat:landingPage": {"@id": f"{url}/about"},
        **_responsible(publisher),
        "dcat:distribution": [
            {
                "@id": f"{url}?format={name}",
                "@type": "dcat:Distribution",
                "dct:title": name,
                "dcat:accessURL": {"@id": f"{url}?format={name}"},
                "dcat:downloadURL": {"@id": f"{url}?format={name}"},
                "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{media_type}"},
            }
            for name, media_type in formats.items()
            if name != "geojson" or data_set.place != "none"
        ],
    }


def _responsible(publisher: Publisher) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if publisher.name:
        said["dct:publisher"] = {"@type": "foaf:Agent", "foaf:name": publisher.name}
    if publisher.contact:
        said["dcat:contactPoint"] = {"@type": "vcard:Kind", "vcard:note": publisher.contact}
    if publisher.licence:
        said["dct:license"] = {"@type": "dct:LicenseDocument", "dct:title": publisher.licence}
    return said
