"""Lines and areas that can't be are refused; those that can are taken as they are."""

import json
from typing import Any

import pytest

from services.decider import Refused
from services.geometry import MOST_POSITIONS, expect_outline

RING = [[116.0, 29.7], [116.1, 29.7], [116.1, 29.8], [116.0, 29.7]]


@pytest.mark.parametrize(
    ("kind", "coordinates"),
    [
        ("LineString", RING[:2]),
        ("MultiLineString", [RING[:2], RING]),
        ("Polygon", [RING, RING]),
        ("MultiPolygon", [[RING], [RING, RING]]),
    ],
)
def test_lines_and_areas_are_taken(kind: str, coordinates: Any) -> None:
    expect_outline(json.dumps({"type": kind, "coordinates": coordinates}), "geometry")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "[" * 100_000,
        "[]",
        '{"type": "Point", "coordinates": [116, 29]}',
        '{"type": "Polygon"}',
        '{"type": "LineString", "coordinates": [[116, 29], [116, 30]], "crs": "GCJ-02"}',
        '{"type": "LineString", "coordinates": [[116, 29]]}',
        '{"type": "LineString", "coordinates": [[29, 116], [30, 116]]}',
        '{"type": "LineString", "coordinates": [[116, 29, 5], [116, 30, 5]]}',
        '{"type": "LineString", "coordinates": [[116, NaN], [116, 30]]}',
        '{"type": "LineString", "coordinates": [[true, 29], [116, 30]]}',
        '{"type": "LineString", "coordinates": [["116", 29], [116, 30]]}',
        '{"type": "Polygon", "coordinates": []}',
        '{"type": "Polygon", "coordinates": [[[116, 29], [117, 29], [117, 30], [116, 30]]]}',
        '{"type": "Polygon", "coordinates": [[[116, 29], [117, 29], [116, 29]]]}',
        '{"type": "Polygon", "coordinates": [[[116, 29], [117, 29], [117, 29], [116, 29]]]}',
        '{"type": "MultiPolygon", "coordinates": [[[116, 29], [117, 29], [117, 30], [116, 29]]]}',
    ],
)
def test_what_can_not_be_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        expect_outline(text, "geometry")
    assert (refused.value.code, refused.value.where) == ("impossible_geometry", "geometry")


def test_an_outline_has_an_end() -> None:
    line = [[116.0, 29.7]] * (MOST_POSITIONS + 1)
    with pytest.raises(Refused, match="Simplify"):
        expect_outline(json.dumps({"type": "LineString", "coordinates": line}), "geometry")
