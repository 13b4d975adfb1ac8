"""An id belongs to one kind of place: the first claim counts, in whatever order the registers are read."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from eventlog.codec import Event
from schemas.contract import place_kinds
from tests.contract.avro_values import plain
from tests.factories import NOON, Tables, envelope, place

KINDS = sorted(place_kinds())
PAIRS = list(permutations(KINDS, 2))


def entry(kind: str, site_id: str, recorded_at_h: int = 0) -> Event:
    event = place_kinds()[kind]
    own = {name: plain(field["type"]) for name, field in event.fields.items() if name in event.payload}
    placed = place(
        event.name, kind, site_id, **{k: v for k, v in own.items() if k not in place("x", "x", "x").fields}
    )
    at = NOON + timedelta(hours=recorded_at_h)
    return Event(event.name, {**placed.fields, "recorded_at": at, "occurred_at": at})


@pytest.mark.parametrize("order", [1, -1])
def test_of_any_two_kinds_the_first_claim_counts_and_the_second_is_shown(tables: Tables, order: int) -> None:
    claims = [entry(kind, f"{a} {b}", hours) for a, b in PAIRS for hours, kind in enumerate((a, b))]
    tables.given(*claims[::order][: len(PAIRS)]).given(*claims[::order][len(PAIRS) :])
    found = dict(tables.rows("SELECT site_id, kind FROM base.site"))
    assert found == {f"{a} {b}": a for a, b in PAIRS}
    seconds = tables.rows("SELECT site_id, kind, first_kind FROM base.second_claim ORDER BY site_id")
    assert seconds == sorted((f"{a} {b}", b, a) for a, b in PAIRS)


def test_claims_of_the_same_moment_are_told_apart_in_any_order(tables: Tables) -> None:
    claims = [entry(kind, "a") for kind in KINDS]
    tables.given(*claims)
    first = min(claims, key=lambda claim: claim.fields["event_id"])
    assert tables.row("SELECT kind FROM base.site") == (first.fields["subject"].partition("/")[0],)


def test_a_restatement_corrects_the_entry_of_the_first_claim_alone(tables: Tables) -> None:
    first, second = entry("station", "a"), entry("section", "a", 1)
    said: dict[str, Any] = {
        "network": "NATIONAL",
        "factors": [],
        "operator": None,
        "subdistrict_id": None,
        "name_zh": "乙",
    }
    again = place("air.station_registered", "station", "a", first.fields["event_id"], **said)
    tables.given(first, second, again)
    assert tables.row("SELECT kind, name_zh FROM base.site") == ("station", "乙")
    assert tables.rows("FROM water.section") == []


def test_a_place_is_retired_and_reinstated(tables: Tables) -> None:
    tables.given(entry("station", "a"), entry("lake", "b"))
    retired = Event("district.site_retired", {**envelope("site/a"), "site_id": "a", "reason": "x"})
    tables.given(retired)
    status = "SELECT site_id, status, retired_at FROM base.site ORDER BY site_id"
    assert tables.rows(status) == [("a", "RETIRED", NOON.replace(tzinfo=None)), ("b", "IN_USE", None)]
    behind = envelope("site/a", retired.fields["event_id"])
    tables.given(Event("district.site_reinstated", {**behind, "site_id": "a", "reason": "x"}))
    assert tables.rows(status) == [("a", "IN_USE", None), ("b", "IN_USE", None)]
