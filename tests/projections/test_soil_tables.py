"""Releases of chemicals and shipments of hazardous waste: by their last word, and never guessed."""

from typing import Any

import pytest

from eventlog.codec import Event
from tests.events import event
from tests.factories import Tables


def release(number: str, after: Event | None = None, **said: Any) -> Event:
    given = {
        "report_no": number, "facility_no": f"f{number}", "year": 2024, "chemical": "Benzene",
        "media": ["AIR_STACK", "WATER"], "quantities_kg": [100.0, 2.5],
    }  # fmt: skip
    return event("soil.release_reported", number, after, **{**given, **said})


def totals(tables: Tables, year: int = 2024) -> list[tuple[Any, ...]]:
    columns = "chemical, medium, facilities, quantity_kg, simulated"
    return tables.rows(f"SELECT {columns} FROM soil.release_total WHERE year = {year} ORDER BY ALL")


def test_a_report_is_restated_and_its_sums_with_it(tables: Tables) -> None:
    first = release("1")
    tables.given(first, release("2", quantities_kg=[50.0, 0.0]))
    # facility 2 reports nothing into water: it isn't counted there
    assert totals(tables) == [
        ("Benzene", "AIR_STACK", 2, 150.0, False), ("Benzene", "WATER", 1, 2.5, False),
    ]  # fmt: skip
    tables.given(release("1", first, quantities_kg=[80.0, 0.5]))
    assert tables.row("SELECT quantities_kg FROM soil.release WHERE report_no = '1'") == ([80.0, 0.5],)
    assert totals(tables) == [
        ("Benzene", "AIR_STACK", 2, 130.0, False), ("Benzene", "WATER", 1, 0.5, False),
    ]  # fmt: skip


def test_years_chemicals_and_what_is_simulated_are_never_summed_together(tables: Tables) -> None:
    tables.given(
        release("1"), release("2", year=2023), release("3", chemical="Lead"), release("4", source="simulator")
    )
    assert totals(tables, 2023) == [("Benzene", "AIR_STACK", 1, 100.0, False), ("Benzene", "WATER", 1, 2.5, False)]
    assert totals(tables) == [
        ("Benzene", "AIR_STACK", 1, 100.0, False), ("Benzene", "AIR_STACK", 1, 100.0, True),
        ("Benzene", "WATER", 1, 2.5, False), ("Benzene", "WATER", 1, 2.5, True),
        ("Lead", "AIR_STACK", 1, 100.0, False), ("Lead", "WATER", 1, 2.5, False),
    ]  # fmt: skip


def test_two_reports_of_one_facility_are_one_facility(tables: Tables) -> None:
    tables.given(release("1", facility_no="f"), release("2", facility_no="f", media=["WATER"], quantities_kg=[1.0]))
    assert totals(tables)[1] == ("Benzene", "WATER", 1, 3.5, False)


def shipment(after: Event | None = None, **said: Any) -> Event:
    given = {"shipment_no": "s", "year": 2024, "waste_name": "spent solvent", "unit": "P", "quantity": 2000.0}
    return event("soil.waste_shipment_recorded", "s", after, **{**given, **said})


@pytest.mark.parametrize(
    ("said", "tonnes"),
    [({"quantity_t": 0.907185}, 0.907185), ({"unit": "G", "quantity_t": None}, None), ({"quantity": None}, None)],
)
def test_tonnes_are_what_was_stated_as_a_mass_and_else_null(
    tables: Tables, said: dict[str, Any], tonnes: float | None
) -> None:
    tables.given(shipment(**said))
    assert tables.row("SELECT quantity_t FROM soil.waste_shipment") == (tonnes,)


def test_a_shipment_s_last_word_takes_the_place_of_the_first(tables: Tables) -> None:
    first = shipment(quantity_t=1.0, consignee="甲")
    tables.given(first)
    tables.given(shipment(first, quantity_t=1.5, consignee="乙"))
    assert tables.rows("SELECT quantity_t, consignee FROM soil.waste_shipment") == [(1.5, "乙")]
