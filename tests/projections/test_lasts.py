"""The last word on each thing is said once: by a header, or by a phrase that is spelt out."""

import inspect
import re
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from projections import lasts
from projections.catalogue import FOLDER, catalogue
from projections.columns import columns
from schemas.contract import EventType, event_types
from schemas.lives import lives
from services.deciders import all_deciders

SQL = {path: path.read_text(encoding="utf-8") for path in FOLDER.glob("*/*.sql")}
NAMED = sorted({event for text in SQL.values() for event in re.findall(r"last\(base\.(\w+)\)", text)})
EVENTS = {event.event: event for event in event_types().values() if event.aggregate}
HEADER = """-- one row per report; from base.release_reported
-- kind: last
-- key: report_no
-- column quantities_kg: Kilograms.
-- column of_air = list_contains(media, 'AIR_STACK'): ! internal Whether air got any."""


def test_no_window_is_written_that_the_phrase_says() -> None:
    window = re.compile(
        r"FROM base\.\w+\s+QUALIFY row_number\(\) OVER \(PARTITION BY ([\w, ]+) ORDER BY sequence DESC\)"
    )
    written = {path.stem for path, text in SQL.items() if window.search(text)}
    assert written <= {"purifier_span", "voc_plan", "review", "outfall"}  # of more than the things events are about
    assert len(NAMED) >= 40


@pytest.mark.parametrize("name", NAMED)
def test_the_key_of_an_event_is_what_its_command_is_about(name: str) -> None:
    event = EVENTS[name]
    if event.aggregate in lives():
        assert event.key == tuple(lives()[str(event.aggregate)].key)
        return
    said: dict[str, Any] = {field: _some(event, field) for field in event.payload}
    deciders = [d for d in all_deciders().values() if d.aggregate == event.aggregate]
    identities = {d.identity(SimpleNamespace(**said)) for d in deciders if _needs(d.identity) <= said.keys()}
    assert identities or name == "water_alarm_handled"  # nobody says it any more
    assert identities <= {"/".join(str(said[field]) for field in event.key)}


def test_a_header_alone_is_a_table() -> None:
    sql = lasts.file_in_full(HEADER, "base.release_reported", EVENTS.values())
    assert sql.endswith("FROM last(base.release_reported)\n")
    assert "  report_no,  -- !\n" in sql
    assert "  quantities_kg,  -- ! Kilograms.\n" in sql
    assert "  list_contains(media, 'AIR_STACK') AS of_air,  -- ! internal Whether air got any.\n" in sql
    assert "  recorded_at  -- !\n" in sql


def test_a_place_is_of_the_kind_that_claimed_its_id() -> None:
    assert lasts.file_in_full("-- x", "base.well_registered", EVENTS.values()).endswith("FROM place(well)\n")


def test_only_the_wanted_are_looked_for_where_the_key_allows_it() -> None:
    line = "FROM last(base.case_filed)"
    assert " SEMI JOIN wanted USING (case_id) QUALIFY" in lasts.spelt_out(line, ("case_id",), True, EVENTS.values())
    assert "wanted" not in lasts.spelt_out(line, ("case_id",), False, EVENTS.values())
    assert "wanted" not in lasts.spelt_out(
        line, ("enterprise_id",), True, EVENTS.values()
    )  # its last word may name another one


def test_an_event_that_there_is_not_is_told() -> None:
    with pytest.raises(ValueError, match=r"base\.case_lost keeps the events of no life"):
        lasts.spelt_out("FROM last(base.case_lost)", ("case_id",), True, EVENTS.values())


def test_columns_have_the_words_and_the_disclosure_of_their_fields() -> None:
    found = columns("air.forecast")
    assert "kind: last" in catalogue().projections["air.forecast"].text
    assert found["area_id"].words == EVENTS["forecast_issued"].fields["area_id"]["doc"]
    assert found["aqi_low"].never_null
    assert found["issued_at"].kind == "TIMESTAMP"
    assert not columns("plan.indicator")["note"].never_null
    assert columns("air.vehicle_inspection")["plate"].disclosure == "restricted"


def _some(event: EventType, field: str) -> Any:
    kind = str(event.fields[field]["type"])
    return date(2026, 1, 1) if "'date'" in kind else 2026 if "int" in kind else f"{field}-1"


def _needs(identity: Any) -> set[str]:
    return set(re.findall(r"\bc(?:ommand)?\.(\w+)", inspect.getsource(identity)))
