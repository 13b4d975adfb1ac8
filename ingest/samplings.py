"""Statements of long tables, with a row for each reading: what is stated of one site and time is put together.

Whatever order its rows come in, a sampling says the same: of a profile of depths the reading nearest the surface
counts, a row without a value yields to one that has it, and where two rows contradict each other neither is taken.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

import polars as pl

from ingest.profile import Profile, Readings
from ingest.quantities import BELOW, no_limit, no_number, quantity
from ingest.shaped import Shaped
from ingest.statement import Statement
from ingest.units import AS_IS, Conversion, conversion, names_species, species
from services.decider import Refused


class _Reading(NamedTuple):
    """One row's reading: a factor, its value in our unit, its mark, and the depth in m that it was taken at."""

    code: str
    value: float | None
    mark: str
    depth_m: float | None = None


_Rows = list[tuple[int, _Reading]]


def samplings(how: Profile, columns: pl.DataFrame, timed: pl.DataFrame, found: Shaped) -> None:
    """Put the statements of rows into `found`; `timed` has the row, site and start of each row of `columns`."""
    said = how.readings
    assert said is not None  # noqa: S101  asked for where a profile has readings only
    collected: dict[tuple[str, int], dict[str, _Rows]] = {}
    read = zip(timed["row"], timed["site"], timed["at"], _readings(how, said, columns), strict=True)
    for row, site, at, reading in read:
        if isinstance(reading, Refused):
            found.refused.append((row, reading))
        else:
            collected.setdefault((site, at), {}).setdefault(reading.code, []).append((row, reading))
    for (site, at), by_code in collected.items():
        settled = {code: _settled(rows, said, found) for code, rows in sorted(by_code.items())}
        kept = [(code, rows) for code, rows in settled.items() if rows]
        if kept:
            readings = [rows[0][1] for _, rows in kept]
            codes, values = tuple(code for code, _ in kept), [each.value for each in readings]
            marks = tuple(each.mark for each in readings)
            found.statements.append(
                Statement(site, how.time.period, at, how.source, codes, values, marks, how.reviewed)
            )
            found.rows.append(tuple(sorted(row for _, rows in kept for row, _ in rows)))


def _settled(rows: _Rows, said: Readings, found: Shaped) -> _Rows:
    """The rows of one factor that are taken, the one first that says it; the others are refused into `found`."""
    empty = [each for each in rows if each[1].value is None and not each[1].mark]
    stated = [each for each in rows if each not in empty]
    if not stated:
        return rows
    depths = {each[1].depth_m for each in stated}
    if len(depths) > 1 and None not in depths:
        nearest = min(depth for depth in depths if depth is not None)
        deeper = [each for each in stated if each[1].depth_m != nearest]
        found.refused += [(row, _deeper(each, nearest, said)) for row, each in deeper]
        stated = [each for each in stated if each[1].depth_m == nearest]
    if len({each[1][:3] for each in stated}) > 1:
        found.refused += [(row, _ambiguous(each, said)) for row, each in stated]
        return empty
    return [*stated, *empty]


def _deeper(reading: _Reading, nearest: float, said: Readings) -> Refused:
    message = f"{reading.code} at a depth of {reading.depth_m:g} m; the one at {nearest:g} m is the site's"
    return Refused("deeper", message, said.depth, "Nothing; or give each depth a site of its own.")


def _ambiguous(reading: _Reading, said: Readings) -> Refused:
    reason = f"{reading.code} is stated otherwise for the same time, too: another depth, or a second sample"
    return Refused("ambiguous", reason, said.name, "Give it a site or a time of its own.")


def _readings(how: Profile, said: Readings, columns: pl.DataFrame) -> Iterator[_Reading | Refused]:
    texts = [columns[column] if column else [""] * columns.height for column in _in_order(said)]
    values, limits = _numbers(columns, said.value), _numbers(columns, said.limit)
    kept = [(column, columns[column], allowed) for column, allowed in said.only.items()]
    for number, (name, value, unit, variant, below, limit, limit_unit, depth, depth_unit, fraction) in enumerate(
        zip(*texts, strict=True)
    ):
        other = next((c for c, series, allowed in kept if series[number] not in allowed), None)
        code = said.names.get(name)
        if other:
            yield _no_reading(columns[other][number], other)
        elif name in said.others:
            yield _no_reading(name, said.name)
        elif code is None:
            yield Refused(
                "unknown_factor", f"{name!r} is no factor here", said.name, "Add it to the profile's names."
            )
        elif fraction not in said.fractions.get(code, {fraction}):
            yield _other_fraction(code, fraction, said)
        else:
            how_deep = _depth_m(depth, depth_unit, said)
            hidden = below in said.below_texts
            cell = (limit, limits[number], limit_unit or unit) if hidden else (value, values[number], unit)
            read = how_deep if isinstance(how_deep, Refused) else _reading(how, said, code, variant, *cell)
            if isinstance(read, _Reading):
                mark = BELOW if hidden else read.mark
                read = read._replace(mark=mark, depth_m=how_deep)  # type: ignore[arg-type]
            yield read


def _numbers(columns: pl.DataFrame, column: str) -> Sequence[float | None]:
    return columns[column].cast(pl.Float64, strict=False).to_list() if column else [None] * columns.height


def _in_order(said: Readings) -> Sequence[str]:
    return (
        said.name, said.value, said.unit, said.variant, said.below, said.limit, said.limit_unit, said.depth,
        said.depth_unit, said.fraction,
    )  # fmt: skip


def _reading(
    how: Profile, said: Readings, code: str, variant: str, text: str, number: float | None, unit: str
) -> _Reading | Refused:
    if text in how.missing:
        return _Reading(code, None, "")
    mark = ""
    if number is None or not math.isfinite(number):
        cell = quantity(text, separators=how.separators)
        if cell is None:
            return no_number(text, said.value)
        number, mark, unit = cell.value, cell.mark, cell.unit or unit
        if number is None:
            limit = how.limits.get(code)
            return no_limit(text, said.value) if limit is None else _Reading(code, limit, mark)
    by = _conversion(said, code, unit, variant)
    if by is None:
        named = f"{unit} {variant}".strip()
        return Refused(
            "unknown_unit", f"{named!r} is no unit of {code} here", said.unit, "Add it to the profile's units."
        )
    value = by.of(number)
    return _Reading(code, value, mark) if math.isfinite(value) else no_number(text, said.value)


def _conversion(said: Readings, code: str, unit: str, variant: str) -> Conversion | None:
    """What brings a unit to ours: as the profile says, or as it is commonly spelled; with what it is stated as."""
    own: Mapping[str, Conversion] = said.units.get(code, {})
    found = own.get(unit) or (AS_IS if not said.unit else conversion(unit, code))
    ratio = (
        Fraction(1) if names_species(unit) else said.variants.get(variant, {}).get(code) or species(variant, code)
    )
    return found.times(ratio) if found and ratio else None


def _depth_m(text: str, unit: str, said: Readings) -> float | Refused | None:
    """How deep a reading was taken, in m; None where that is not said."""
    if not text:
        return None
    cell, by = quantity(text), conversion(unit or "m", "water_depth")
    if cell is None or cell.value is None or cell.mark or by is None:
        remedy = "Give the depth in m."
        return Refused("not_a_number", f"{text!r} {unit} is no depth", said.depth, remedy)
    return by.of(abs(cell.value))


def _no_reading(text: str, where: str) -> Refused:
    return Refused("no_reading", f"{text!r} is no kind of row that is read", where, "Nothing: it is no reading.")


def _other_fraction(code: str, fraction: str, said: Readings) -> Refused:
    message = f"{fraction!r} is another fraction than that which {code} is"
    return Refused("other_fraction", message, said.fraction, "Nothing: it is no reading of this factor.")
