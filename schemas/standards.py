"""The standards' tables that the write side needs, as Python values; the read side has them as SQL tables."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
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


@cache
def factors() -> Mapping[str, Factor]:
    """Every factor by its code."""
    return {
        row["factor"]: Factor(
            row["factor"], row["name_zh"], row["name_en"], row["unit"], frozenset(row["subsystems"].split("|"))
        )
        for row in _rows("factor")
    }


@cache
def marks() -> frozenset[str]:
    """Every data mark."""
    return frozenset(row["mark"] for row in _rows("mark"))


@cache
def discharge_levels() -> Mapping[str, Mapping[str, frozenset[str]]]:
    """For each standard on discharges into waters its levels, with the scopes that have limits on each."""
    standards = {row["standard"] for row in _rows("discharge_items")}
    known: dict[str, dict[str, set[str]]] = {}
    for row in _rows("discharge_limits"):
        if row["standard"] in standards and row["level"] != "all":
            known.setdefault(row["standard"], {}).setdefault(row["level"], set()).add(row["scope"])
    return {s: {level: frozenset(scopes) for level, scopes in levels.items()} for s, levels in known.items()}


@cache
def low_carbon_actions() -> Mapping[str, Sequence[LowCarbonAction]]:
    """For each kind of low-carbon action how it is reckoned, the latest first."""
    known: dict[str, list[LowCarbonAction]] = {}
    for row in sorted(_rows("low_carbon_actions"), key=lambda row: row["in_force_from"], reverse=True):
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
def hj212_directions() -> Mapping[str, str]:
    """For each command code of HJ 212 which way it goes: up, down, both, with (notice) where it is one."""
    return {row["code"]: row["direction"] for row in _rows("hj212_code") if row["kind"] == "CN"}


@cache
def hj212_mapping(unit_profile: str) -> Mapping[str, tuple[str, float]]:
    """For each pollutant code of HJ 212 our factor, and what a value is multiplied by to be in its unit."""
    rows = [row for row in _rows("hj212_mapping") if row["unit_profile"] in ("STANDARD", unit_profile)]
    return {row["code"]: (row["factor"], float(row["scale"])) for row in rows}


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
