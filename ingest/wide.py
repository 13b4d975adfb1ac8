"""Statements of wide tables, with a column for each factor: a cell that can't be read costs its item alone."""

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from ingest.profile import Measure, Profile
from ingest.quantities import no_limit, no_number, quantity
from ingest.shaped import Shaped
from ingest.statement import Statement
from ingest.units import Conversion, conversion
from schemas.standards import usable_marks
from services.decider import Refused

_Read = tuple[float | None, str] | Refused


class _Column(NamedTuple):
    """What a column says, row by row; `bad` are the positions of what can't be read, and why."""

    values: Sequence[float | None]
    marks: Sequence[str]
    bad: dict[int, Refused]


def wide(how: Profile, columns: pl.DataFrame, timed: pl.DataFrame, found: Shaped) -> None:
    """Put the statements of rows into `found`; `timed` has the row, site and start of each row of `columns`."""
    codes = tuple(how.factors)
    read = [_read(how, code, measure, columns) for code, measure in how.factors.items()]
    bad = {position for column in read for position in column.bad}
    values = zip(*(column.values for column in read), strict=True)
    marks = zip(*(column.marks for column in read), strict=True)
    rows = zip(timed["row"], timed["site"], timed["at"], values, marks, strict=True)
    for position, (row, site, at, numbers, flags) in enumerate(rows):
        said = Statement(site, how.time.period, at, how.source, codes, numbers, flags, how.reviewed)
        if position in bad:
            why = [column.bad[position] for column in read if position in column.bad]
            if len(why) == len(codes):
                found.refused.append((row, why[0]))
                continue
            said = _without(said, [n for n, column in enumerate(read) if position not in column.bad])
            found.items += [(row, refusal) for refusal in why]
        found.statements.append(said)
        found.rows.append((row,))


def _without(said: Statement, left: Sequence[int]) -> Statement:
    """The statement with nothing but the items that are left."""
    return said._replace(
        factors=tuple(said.factors[n] for n in left),
        values=[said.values[n] for n in left],
        marks=tuple(said.marks[n] for n in left),
    )


def _read(how: Profile, code: str, measure: Measure, columns: pl.DataFrame) -> _Column:
    texts = columns[measure.column]
    flags = columns.select(_mark(how, measure)).to_series() if how.flags and measure.flag else None
    values = columns.select(_value(how, measure)).to_series()
    marks = ["" if mark is None else mark for mark in flags] if flags is not None else [""] * len(texts)
    bad: dict[int, Refused] = {}
    if flags is not None:
        for position in flags.is_null().arg_true():
            bad[position] = _unknown_flag(columns[measure.flag][position], measure)
    odd = (~values.is_finite().fill_null(False) & ~texts.is_in(list(how.missing))).arg_true()
    if not len(odd):
        return _Column(values.to_list(), marks, bad)
    numbers, known = values.to_list(), dict[tuple[str, str], _Read]()
    for position in odd.to_list():
        text, mark = texts[position], marks[position]
        if (text, mark) not in known:
            known[text, mark] = _odd(how, code, measure, text, mark)
        said = known[text, mark]
        if isinstance(said, Refused):
            bad.setdefault(position, said)
        else:
            numbers[position], marks[position] = said
    return _Column(numbers, marks, bad)


def _odd(how: Profile, code: str, measure: Measure, text: str, mark: str) -> _Read:
    """What a cell says that is no plain number, beside the mark that its flag means."""
    usable = mark in usable_marks()
    said = None if measure.values else quantity(text, separators=how.separators)
    if said is None:
        if not usable:
            return None, mark
        if measure.values:
            remedy = f"Use {', '.join(measure.values)}, or add it to the profile's values."
            return Refused("unknown_value", f"{text!r} is none of its values", measure.column, remedy)
        return no_number(text, measure.column)
    mark = said.mark if usable and said.mark else mark
    if said.value is None:
        limit = how.limits.get(code)
        return no_limit(text, measure.column) if limit is None and usable else (limit, mark)
    by = conversion(said.unit, code) if said.unit else measure.conversion
    if by is None:
        return _unknown_unit(said.unit, code, measure.column)
    return by.of(said.value), mark


def _unknown_unit(unit: str, code: str, where: str) -> Refused:
    return Refused(
        "unknown_unit", f"{unit!r} is no unit of {code} that is known", where, "Write it in the factor's unit."
    )


def _unknown_flag(flag: str, measure: Measure) -> Refused:
    return Refused(
        "unknown_flag", f"{flag!r} is no flag that is known", measure.flag, "Add it to the profile's flags."
    )


def _value(how: Profile, measure: Measure) -> pl.Expr:
    text = pl.col(measure.column)
    present = pl.when(~text.is_in(list(how.missing)))
    if measure.values:
        return present.then(text.replace_strict(dict(measure.values), default=None, return_dtype=pl.Float64))
    return present.then(_number(text, measure.conversion))


def _number(text: pl.Expr, by: Conversion) -> pl.Expr:
    number = text.cast(pl.Float64, strict=False)
    if by.shift:
        return number.map_elements(by.of, return_dtype=pl.Float64, skip_nulls=True)
    number = number if by.scale.numerator == 1 else number * by.scale.numerator
    return number if by.scale.denominator == 1 else number / by.scale.denominator


def _mark(how: Profile, measure: Measure) -> pl.Expr:
    """The mark that a flag means; null where that is not known."""
    assert how.flags is not None  # noqa: S101  asked for where there are flags only
    flag = pl.col(measure.flag).str.extract(how.flags.pattern, 1).fill_null("")
    return flag.replace_strict(dict(how.flags.marks), default=None, return_dtype=pl.String)
