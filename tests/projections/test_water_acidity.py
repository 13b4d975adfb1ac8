"""pH over days, months, quarters and years: the mean of the hydrogen ions, compared without decimals.

环办监测函〔2020〕82号 and 总站水字〔2020〕90号: pH̄ = -lg(Σ 10^-pH / n), evaluated to 0 decimals.
"""

import math
from datetime import timedelta
from typing import Any

import pytest

from eventlog.codec import Event
from tests.factories import NOON, Tables, observation, place, section

DAY = timedelta(days=1)
MONTHS = (0, 31, 59)  # days from 3 January to the 3rd of February and March


def acid(value: float, days: int = 0, site_id: str = "hedong-intake", **more: Any) -> Event:
    given = {"observed_at": NOON + days * DAY, "readings": {"pH": value}, "subsystem": "water", "period": "DAY"}
    return observation(site_id, **{**given, **more})


def mean(tables: Tables, span: str = "MONTH", subject: str = "hedong-intake") -> tuple[Any, int]:
    """The mean pH and the class of a subject's first span."""
    found, klass = tables.rows(
        f"SELECT list_filter(means, lambda m: m.factor = 'pH')[1].mean / 1e6, class FROM water.evaluation"
        f" WHERE span = '{span}' AND subject_id = '{subject}' ORDER BY starts_on"
    )[0]
    return found, klass


def of_ions(*values: float) -> float:
    return -math.log10(sum(10**-value for value in values) / len(values))


@pytest.mark.parametrize(
    ("values", "expected", "klass"),
    [
        ((9.10, 8.98), 9.036, 1),  # the arithmetic mean, 9.04 to two decimals, would be worse than class Ⅴ
        ((6.0, 8.0), 6.297, 1),
        ((9.6, 9.5), 9.547, 6),  # to 0 decimals 10, beyond 6 to 9
        ((9.5, 9.5), 9.5, 6),  # halves to even: 10
        ((8.5, 8.5), 8.5, 1),  # halves to even: 8
        ((5.4, 5.6), 5.489, 6),  # to 0 decimals 5
        ((5.5, 5.5), 5.5, 1),  # halves to even: 6
        ((7.0,), 7.0, 1),
    ],
)
def test_a_month_is_judged_by_its_hydrogen_ions(
    tables: Tables, values: tuple[float, ...], expected: float, klass: int
) -> None:
    tables.given(section(), *(acid(value, day) for day, value in enumerate(values)))
    assert of_ions(*values) == pytest.approx(expected, abs=5e-4)
    assert mean(tables) == (pytest.approx(expected, abs=5e-4), klass)


def test_a_single_sampling_is_still_compared_as_it_was_stated(tables: Tables) -> None:
    tables.given(section(), acid(9.04))
    # GB 3838-2002 Table 1: 6 to 9; the rule on decimals is one for means
    assert tables.row("SELECT class FROM water.assessment") == (6,)
    assert mean(tables)[1] == 1


def test_a_quarter_and_a_year_are_means_of_months_and_a_river_of_its_sections(tables: Tables) -> None:
    tables.given(
        place("water.river_registered", "river", "yangtze", length_km=None, shoreline_km=None,
              gate_closing_level_m=None),
        section(), section("bridge"),
        *(acid(value, days) for days, value in zip(MONTHS, (6.0, 7.0, 8.0), strict=True)),
        acid(9.0, site_id="bridge"),
    )  # fmt: skip
    quarter = of_ions(6.0, 7.0, 8.0)  # 6.4318: Σ is 1.11e-6, a third of it 3.7e-7
    assert quarter == pytest.approx(6.4318, abs=1e-4)
    assert mean(tables, "QUARTER") == (pytest.approx(quarter, abs=1e-6), 1)
    assert mean(tables, "YEAR") == (pytest.approx(quarter, abs=1e-6), 1)
    # in January the river is the mean of 6.0 and 9.0: 5.005e-7
    assert mean(tables, "MONTH", "yangtze")[0] == pytest.approx(of_ions(6.0, 9.0), abs=1e-6)


def test_hours_of_a_day_count_as_their_ions_and_once(tables: Tables) -> None:
    hours = [
        acid(value, period="HOUR", observed_at=NOON + timedelta(hours=4 * number))
        for number, value in enumerate((6.0, 8.0))
    ]
    tables.given(section(), *hours, acid(7.0, 1))
    assert mean(tables)[0] == pytest.approx(of_ions(of_ions(6.0, 8.0), 7.0), abs=2e-6)


def test_other_items_keep_their_arithmetic_mean(tables: Tables) -> None:
    both = [
        acid(0, day, readings={"pH": ph, "COD": cod}) for day, (ph, cod) in enumerate([(6.0, 10.0), (8.0, 21.0)])
    ]
    tables.given(section(), *both)
    (means,) = tables.row("SELECT means FROM water.monthly_mean")
    assert {m["factor"]: m["mean"] for m in means} == {"COD": 15_500_000, "pH": round(of_ions(6.0, 8.0) * 1e6)}


def test_a_corrected_sampling_moves_the_mean_and_the_class(tables: Tables) -> None:
    tables.given(section(), acid(9.6), acid(9.6, 1))
    assert mean(tables) == (pytest.approx(9.6), 6)
    tables.given(acid(7.6, 1, statement=2))
    # -lg((10^-9.6 + 10^-7.6) / 2) = 7.8967
    assert mean(tables) == (pytest.approx(7.8967, abs=1e-4), 1)


def test_what_no_water_has_is_barred_and_moves_no_mean(tables: Tables) -> None:
    tables.given(section(), acid(7.0), acid(14.5, 1), acid(-0.5, 2))
    assert mean(tables)[0] == pytest.approx(7.0)
