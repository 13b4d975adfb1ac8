"""Brings concentrations in air to the state of temperature and pressure that the standard asks for on their day.

A profile says which state its source states them in: `standard` (标准状态, 273.15 K and 101.325 kPa), `reference`
(参比状态, 298.15 K and 101.325 kPa) or `actual` (实际状态). Which one a factor is kept in, and since when, is in
`standards/air_factor_states.csv`. The same mass in another volume: C · T_given / T_kept · P_kept / P_given.
"""

import math
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from functools import lru_cache

from ingest.statement import EPOCH, MICROSECOND, Statement
from schemas.standards import Condition, air_states, believed_conditions, kept_state, sentinels, usable_marks
from services.checks import local_day

UNCONVERTED = "K"
_KELVIN = Fraction("273.15")  # of 0 °C
_REMEMBERED = 65_536


def in_kept_states(said: Statement, states: Mapping[str, str]) -> Statement:
    """The statement with its concentrations in the states that they are kept in; `states` says what each came in.

    What can't be converted, since the temperature or pressure of the hour is not known, stays as it was sent and is
    marked as that. Sentinels and negative values stay too: nothing that was never measured is scaled.
    """
    try:
        day = local_day(EPOCH + said.observed_at * MICROSECOND)
    except OverflowError:
        return said  # no such time: it will be refused for that
    measured = _measured(said)
    readings = [
        _kept(value, mark, _condition(states.get(code, ""), measured), _kept_condition(code, day, measured))
        if states.get(code, "") not in ("", kept_state(code, day)) and _is_concentration(value)
        else (value, mark)
        for code, value, mark in zip(said.factors, said.values, said.marks, strict=True)
    ]
    return said._replace(values=[value for value, _ in readings], marks=tuple(mark for _, mark in readings))


@lru_cache(_REMEMBERED)
def converted(value: float, given: Condition, kept: Condition) -> float:
    """A concentration at another temperature and pressure: exact, rounded once to the nearest double."""
    ratio = given.temperature_k / kept.temperature_k * (kept.pressure_kpa / given.pressure_kpa)
    return float(Fraction(repr(value)) * ratio)


def _kept(
    value: float | None, mark: str, given: Condition | None, kept: Condition | None
) -> tuple[float | None, str]:
    if value is None or given is None or kept is None:
        return value, UNCONVERTED if mark in usable_marks() else mark
    return converted(value, given, kept), mark


def _kept_condition(code: str, day: date, measured: Condition | None) -> Condition | None:
    return _condition(kept_state(code, day), measured)


def _condition(state: str, measured: Condition | None) -> Condition | None:
    return air_states()[state] or measured


def _is_concentration(value: float | None) -> bool:
    """Whether it can be one; beyond 1e15 nothing is measured, and nothing counts."""
    return value is not None and 0 <= value < 1e15 and value not in sentinels()


def _measured(said: Statement) -> Condition | None:
    """The temperature and pressure that stand in the statement itself; None where one is missing or can't be."""
    temperature_c, pressure_hpa = (_usable(said, name) for name in ("temperature", "pressure"))
    temperatures, pressures = believed_conditions()
    if temperature_c is None or pressure_hpa is None:
        return None
    if not (temperatures[0] <= temperature_c <= temperatures[-1] and pressures[0] <= pressure_hpa <= pressures[-1]):
        return None
    return Condition(Fraction(repr(temperature_c)) + _KELVIN, Fraction(repr(pressure_hpa)) / 10)


def _usable(said: Statement, name: str) -> float | None:
    if name not in said.factors:
        return None
    position = said.factors.index(name)
    value = said.values[position]
    sound = value is not None and math.isfinite(value) and said.marks[position] in usable_marks() - {"<"}
    return value if sound else None
