"""The standards' tables that the write side needs, as Python values; the read side has them as SQL tables."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "standards"


@dataclass(frozen=True)
class Factor:
    """Something that is measured: `unit` is the one that values are stated in."""

    code: str
    name_zh: str
    name_en: str
    unit: str
    subsystems: frozenset[str]


@dataclass(frozen=True)
class LowCarbonAction:
    """A kind of low-carbon action as it is reckoned from a day on: kg CO2e saved by a unit, and coins for a kg."""

    kind: str
    unit: str
    in_force_from: date
    reduction_kg_co2e: Decimal
    coins_per_kg: int
    most_per_action: float

    def coins(self, amount: float) -> int:
        """The coins for so much of it, rounded down."""
        return int(Decimal(repr(amount)) * self.reduction_kg_co2e * self.coins_per_kg)


@dataclass(frozen=True)
class IndicatorRule:
    """What values an indicator of the plan can have, in its unit, and by what it is computed where it is."""

    computed: bool
    basis: str
    lowest: float
    highest: float


@cache
def factors() -> Mapping[str, Factor]:
    """Every factor by its code."""
    return {
        row["factor"]: Factor(
            row["factor"], row["name_zh"], row["name_en"], row["unit"], frozenset(row["subsystems"].split("|"))
        )
        for row in rows("factor")
    }


@dataclass(frozen=True)
class Condition:
    """Temperature and pressure that a concentration is stated at."""

    temperature_k: Fraction
    pressure_kpa: Fraction


@cache
def air_states() -> Mapping[str, Condition | None]:
    """The states that concentrations in air are stated in; None for the one that is measured."""
    return {
        row["state"]: Condition(Fraction(row["temperature_k"]), Fraction(row["pressure_kpa"]))
        if row["temperature_k"]
        else None
        for row in rows("air_states")
    }


@cache
def believed_conditions() -> tuple[range, range]:
    """Within which bounds a measured temperature (°C) and pressure (hPa) are believed, for conversions."""
    row = next(row for row in rows("air_states") if not row["temperature_k"])
    names = ("temperature_from_c", "temperature_until_c", "pressure_from_hpa", "pressure_until_hpa")
    coldest, hottest, lowest, highest = (int(row[name]) for name in names)
    return range(coldest, hottest + 1), range(lowest, highest + 1)


@cache
def kept_state(factor: str, day: date) -> str:
    """The state that a factor of the air is kept in on a local day; empty where it has none."""
    for row in rows("air_factor_states"):
        if row["factor"] == factor and row["applies_from"] <= str(day) <= (row["applies_until"] or "9"):
            return row["kept_state"]
    return ""


@cache
def stated_factors() -> frozenset[str]:
    """The factors whose concentrations have a state."""
    return frozenset(row["factor"] for row in rows("air_factor_states"))


@cache
def sentinels() -> frozenset[float]:
    """The numbers that stand for no value."""
    return frozenset(float(row["value"]) for row in rows("sentinel"))


@cache
def usable_marks() -> frozenset[str]:
    """The data marks whose readings count."""
    return frozenset(row["mark"] for row in rows("mark") if row["usable"] == "True")


@cache
def marks() -> frozenset[str]:
    """Every data mark."""
    return frozenset(row["mark"] for row in rows("mark"))


@cache
def discharge_levels() -> Mapping[str, Mapping[str, frozenset[str]]]:
    """For each standard on discharges into waters its levels, with the scopes that have limits on each."""
    standards = {row["standard"] for row in rows("discharge_items")}
    known: dict[str, dict[str, set[str]]] = {}
    for row in rows("discharge_limits"):
        if row["standard"] in standards and row["level"] != "all":
            known.setdefault(row["standard"], {}).setdefault(row["level"], set()).add(row["scope"])
    return {s: {level: frozenset(scopes) for level, scopes in levels.items()} for s, levels in known.items()}


@cache
def stack_levels() -> Mapping[str, Mapping[str, frozenset[str]]]:
    """For each standard on what stacks emit its levels, with the scopes that have limits on each."""
    items = {(r["standard"], r["item_cn"], r["level"]) for r in rows("source_items") if r["watches"] == "STACK"}
    known: dict[str, dict[str, set[str]]] = {}
    for row in rows("discharge_limits"):
        standard, item, level = row["standard"], row["item_cn"], row["level"]
        if {(standard, item, ""), (standard, item, level)} & items:
            known.setdefault(standard, {}).setdefault(level, set()).add(row["scope"])
    return {s: {level: frozenset(scopes) for level, scopes in levels.items()} for s, levels in known.items()}


@cache
def catering_sizes() -> tuple[str, ...]:
    """The sizes of catering houses, the smallest first."""
    return tuple(row["size"] for row in rows("catering_sizes"))


@cache
def low_carbon_actions() -> Mapping[str, Sequence[LowCarbonAction]]:
    """For each kind of low-carbon action how it is reckoned, the latest first."""
    known: dict[str, list[LowCarbonAction]] = {}
    for row in sorted(rows("low_carbon_actions"), key=lambda row: row["in_force_from"], reverse=True):
        action = LowCarbonAction(
            kind=row["kind"],
            unit=row["unit"],
            in_force_from=date.fromisoformat(row["in_force_from"]),
            reduction_kg_co2e=Decimal(row["reduction_kg_co2e_per_unit"]),
            coins_per_kg=int(row["coins_per_kg"]),
            most_per_action=float(row["most_per_action"]),
        )
        known.setdefault(action.kind, []).append(action)
    return known


@cache
def indicator_rules() -> Mapping[str, IndicatorRule]:
    """For each indicator of the plan by which rule its values are taken."""
    return {
        row["indicator_id"]: IndicatorRule(
            computed=row["computed"] == "true",
            basis=row["basis"],
            lowest=float(row["lowest"] or "-inf"),
            highest=float(row["highest"] or "inf"),
        )
        for row in rows("indicator_rule")
    }


@cache
def hj212_directions() -> Mapping[str, str]:
    """For each command code of HJ 212 which way it goes: up, down, both, with (notice) where it is one."""
    return {row["code"]: row["direction"] for row in rows("hj212_code") if row["kind"] == "CN"}


@cache
def hj212_flag(site_kind: str, factor: str, flag: str) -> str | None:
    """The data mark that a device's flag means beyond HJ 212-2017 table 8; None where nobody knows it."""
    for row in rows("hj212_flag"):
        of = row["factors"].split("|") if row["factors"] else [factor]
        if (row["site_kind"], row["flag"]) == (site_kind, flag) and factor in of:
            return row["mark"]
    return flag.upper() if flag.upper() in marks() and flag.isalpha() else None


@cache
def hj212_mapping(unit_profile: str) -> Mapping[str, tuple[str, float]]:
    """For each pollutant code of HJ 212 our factor, and what a value is multiplied by to be in its unit."""
    known = [row for row in rows("hj212_mapping") if row["unit_profile"] in ("STANDARD", unit_profile)]
    return {row["code"]: (row["factor"], float(row["scale"])) for row in known}


def rows(name: str) -> list[dict[str, str]]:
    """The rows of `standards/<name>.csv`, every value a text."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
