"""From a source's table of texts to statements, by its profile, a column at a time."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import polars as pl

from ingest.conditions import in_kept_states
from ingest.moments import FORMS, local_moment, read_alike
from ingest.profile import Measure, Profile, Readings
from ingest.statement import PERIODS, Statement, microseconds
from schemas.standards import usable_marks
from services.decider import Refused
from services.unexpected import guarded

_BELOW = r"^(?:<\s*([0-9.]+)|([0-9.]+)L)$"
"""A value below the detection limit, as laboratories write the limit: `<0.05` or `0.05L` (HJ 91.1-2019 10.2)."""

_MOST_POISON = 20

_TO_CORRECT = "Correct the value, or leave it empty where there is none, and import the row again."


@dataclass
class Shaped:
    """The statements of a table, and what of it is refused: row in the table, why.

    `rows` names for each statement the rows that it was made of; every row of the table is in there or refused.
    """

    statements: list[Statement] = field(default_factory=list)
    rows: list[tuple[int, ...]] = field(default_factory=list)
    refused: list[tuple[int, Refused]] = field(default_factory=list)


def shaped(how: Profile, frame: pl.DataFrame, file_site: str) -> Shaped:
    """The statements that the rows of `frame` make; `file_site` is the site where the profile names no column."""
    found = Shaped()
    site = pl.col(how.site_column).str.strip_chars() if how.site_column else pl.lit(file_site)
    base = frame.select(site.alias("site"), _start(how).alias("at")).with_row_index("row")
    timed = _timed(how, frame, base, found)
    if how.readings:
        _long(how, how.readings, frame, timed, found)
    else:
        _wide(how, frame, timed, found)
    if how.states:
        found.statements = [in_kept_states(said, how.states) for said in found.statements]
    return found


def shaped_soundly(how: Profile, frame: pl.DataFrame, file_site: str) -> Shaped:
    """The same, also where shaping has a bug: rows that meet it are refused as `unexpected`, the others shaped."""
    return guarded(lambda: shaped(how, frame, file_site), lambda _: _without_poison(how, frame, file_site))


def _without_poison(how: Profile, frame: pl.DataFrame, file_site: str) -> Shaped:
    poison = dict(_poison(how, frame, file_site, 0, frame.height, [_MOST_POISON]))
    sound = [row for row in range(frame.height) if row not in poison]

    def all_refused(refusal: Refused) -> Shaped:
        return Shaped(refused=[(row, refusal) for row in range(len(sound))])

    part = guarded(lambda: shaped(how, frame[sound], file_site), all_refused)
    return Shaped(
        part.statements,
        [tuple(sound[row] for row in rows) for rows in part.rows],
        [*poison.items(), *((sound[row], refusal) for row, refusal in part.refused)],
    )


def _poison(
    how: Profile, frame: pl.DataFrame, file_site: str, begin: int, end: int, left: list[int]
) -> Iterator[tuple[int, Refused]]:
    """Rows in [begin, end) that can't be shaped, found by halves; where too many are, whole halves are refused."""

    def attempt() -> Refused | None:
        shaped(how, frame[begin:end], file_site)
        return None

    refusal = guarded(attempt, lambda refusal: refusal) if begin < end else None
    if refusal is None:
        return
    if end - begin == 1 or left[0] <= 0:
        left[0] -= 1
        yield from ((row, refusal) for row in range(begin, end))
        return
    middle = (begin + end) // 2
    yield from _poison(how, frame, file_site, begin, middle, left)
    yield from _poison(how, frame, file_site, middle, end, left)


def _start(how: Profile) -> pl.Expr:
    """The start of the period in microseconds, UTC; null where the text is of no form that is known here."""
    text = pl.format(how.time.template, *(pl.col(column).str.strip_chars() for column in how.time.columns))
    forms = [how.time.form] if how.time.form else FORMS
    if how.time.form and not read_alike(how.time.form):
        return pl.lit(None, pl.Int64)
    local = pl.coalesce(text.str.to_datetime(form, time_unit="us", strict=False) for form in forms)
    moment = local.dt.replace_time_zone(str(how.time.zone), ambiguous="null", non_existent="null")
    return moment.dt.convert_time_zone("UTC").to_physical() - _shift(how)


def _shift(how: Profile) -> int:
    return PERIODS[how.time.period] if how.time.label == "end" else 0


def _timed(how: Profile, frame: pl.DataFrame, base: pl.DataFrame, found: Shaped) -> pl.DataFrame:
    """The rows that have a time, also those of which only a closer look tells it."""
    late: dict[int, int] = {}
    for row in base.filter(pl.col("at").is_null())["row"]:
        text = how.time.template.format(*(frame[column][row].strip() for column in how.time.columns))
        try:
            if not text.strip():
                raise ValueError("it is empty")
            late[row] = _moment(how, text) - _shift(how)
        except (ValueError, OverflowError) as error:
            found.refused.append((row, _no_time(how, text, error)))
    if late:
        told = pl.DataFrame(
            {"row": late.keys(), "told": late.values()}, schema={"row": pl.UInt32, "told": pl.Int64}
        )
        base = (
            base.join(told, on="row", how="left").with_columns(pl.coalesce("at", "told").alias("at")).drop("told")
        )
    return base.filter(pl.col("at").is_not_null())


def _no_time(how: Profile, text: str, error: Exception) -> Refused:
    return Refused(
        "not_a_time",
        f"{text!r} is no time: {error}",
        ", ".join(how.time.columns),
        "Write it as 2022-01-03T01:00:00, with an offset from UTC where it is not of the source's zone.",
    )


def _moment(how: Profile, text: str) -> int:
    return microseconds(local_moment(text, how.time.form, how.time.zone))


def _number(text: pl.Expr, scale: Fraction) -> pl.Expr:
    number = text.cast(pl.Float64, strict=False)
    number = number if scale.numerator == 1 else number * scale.numerator
    return number if scale.denominator == 1 else number / scale.denominator


def _wide(how: Profile, frame: pl.DataFrame, timed: pl.DataFrame, found: Shaped) -> None:
    codes = tuple(how.factors)
    columns = frame.select(pl.all().str.strip_chars())[timed["row"]]
    values = columns.select(_value(how, measure).alias(code) for code, measure in how.factors.items())
    marks = columns.select(_mark(how, measure).alias(code) for code, measure in how.factors.items())
    bad = columns.select(
        pl.coalesce(
            pl.when(_bad(how, m, code, values[code], marks[code])).then(pl.lit(code))
            for code, m in how.factors.items()
        )
    ).to_series()
    rows = zip(timed["row"], timed["site"], timed["at"], values.iter_rows(), marks.iter_rows(), bad, strict=True)
    for position, (row, site, at, numbers, flags, code) in enumerate(rows):
        if code is None:
            found.statements.append(
                Statement(site, how.time.period, at, how.source, codes, numbers, flags, how.reviewed)
            )
            found.rows.append((row,))
        else:
            found.refused.append((row, _why_bad(how, how.factors[code], columns, position, values[code][position])))


def _value(how: Profile, measure: Measure) -> pl.Expr:
    text = pl.col(measure.column)
    present = pl.when(~text.is_in(list(how.missing)))
    if measure.values:
        return present.then(text.replace_strict(dict(measure.values), default=None, return_dtype=pl.Float64))
    limit = text.str.replace(_BELOW, "${1}${2}")
    return present.then(_number(limit, measure.scale))


def _mark(how: Profile, measure: Measure) -> pl.Expr:
    if not (how.flags and measure.flag):
        return pl.when(pl.col(measure.column).str.contains(_BELOW)).then(pl.lit("<")).otherwise(pl.lit(""))
    flag = pl.col(measure.flag).str.extract(how.flags.pattern, 1).fill_null("")
    mark = flag.replace_strict(dict(how.flags.marks), default=None, return_dtype=pl.String)
    below = pl.col(measure.column).str.contains(_BELOW) & mark.is_in(list(usable_marks()))
    return pl.when(below).then(pl.lit("<")).otherwise(mark)


def _bad(how: Profile, measure: Measure, code: str, value: pl.Series, mark: pl.Series) -> pl.Expr:  # noqa: ARG001
    no_number = pl.lit(_is_none(value)) & ~pl.col(measure.column).is_in(list(how.missing))
    return no_number | pl.lit(mark.is_null())


def _is_none(value: pl.Series) -> pl.Series:
    """Where a text is no finite number. What Polars takes for a number is one, in every kind of file."""
    return ~value.is_finite().fill_null(False)


def _why_bad(how: Profile, measure: Measure, columns: pl.DataFrame, position: int, value: float | None) -> Refused:
    text = columns[measure.column][position]
    if text not in how.missing and (value is None or not math.isfinite(value)):
        if measure.values:
            return Refused("unknown_value", f"{text!r} is none of its values", measure.column, _TO_CORRECT)
        return Refused("not_a_number", f"{text!r} is no number", measure.column, _TO_CORRECT)
    flag = columns[measure.flag][position]
    return Refused(
        "unknown_flag", f"{flag!r} is no flag that is known", measure.flag, "Add it to the profile's flags."
    )


def _long(how: Profile, said: Readings, frame: pl.DataFrame, timed: pl.DataFrame, found: Shaped) -> None:
    columns = frame.select(pl.all().str.strip_chars())[timed["row"]]
    collected: dict[tuple[str, int], dict[str, tuple[int, float | None, str]]] = {}
    members: dict[tuple[str, int], list[int]] = {}
    read = zip(timed["row"], timed["site"], timed["at"], _readings(how, said, columns), strict=True)
    for row, site, at, reading in read:
        if isinstance(reading, Refused):
            found.refused.append((row, reading))
            continue
        code, value, mark = reading
        before = collected.setdefault((site, at), {}).setdefault(code, (row, value, mark))
        if before[0] != row and before[1:] != (value, mark):
            reason = f"{code} was stated before for the same time, otherwise: another depth, or a second sample"
            found.refused.append(
                (row, Refused("ambiguous", reason, said.name, "Give it a site or a time of its own."))
            )
        else:
            members.setdefault((site, at), []).append(row)
    for (site, at), readings in collected.items():
        codes = tuple(sorted(readings))
        values, marks = [readings[c][1] for c in codes], tuple(readings[c][2] for c in codes)
        found.statements.append(
            Statement(site, how.time.period, at, how.source, codes, values, marks, how.reviewed)
        )
        found.rows.append(tuple(members[site, at]))


def _readings(
    how: Profile, said: Readings, columns: pl.DataFrame
) -> Iterator[tuple[str, float | None, str] | Refused]:
    texts = [columns[column] if column else [""] * columns.height for column in _in_order(said)]
    values, limits = _numbers(columns, said.value), _numbers(columns, said.limit)
    kept = [(column, columns[column], allowed) for column, allowed in said.only.items()]
    for number, (name, value, unit, variant, below, limit, limit_unit) in enumerate(zip(*texts, strict=True)):
        other = next((c for c, series, allowed in kept if series[number] not in allowed), None)
        if other:
            yield Refused(
                "no_reading",
                f"{columns[other][number]!r} is no kind of row that is read",
                other,
                "Nothing: it is no reading.",
            )
            continue
        hidden = below in said.below_texts
        if hidden:
            yield _reading(how, said, name, variant, limit, limits[number], limit_unit or unit, "<")
        else:
            yield _reading(how, said, name, variant, value, values[number], unit, "")


def _numbers(columns: pl.DataFrame, column: str) -> Sequence[float | None]:
    return columns[column].cast(pl.Float64, strict=False).to_list() if column else [None] * columns.height


def _in_order(said: Readings) -> Sequence[str]:
    return said.name, said.value, said.unit, said.variant, said.below, said.limit, said.limit_unit


def _reading(
    how: Profile, said: Readings, name: str, variant: str, text: str, number: float | None, unit: str, mark: str
) -> tuple[str, float | None, str] | Refused:
    code = said.names.get(name)
    if code is None:
        return Refused("unknown_factor", f"{name!r} is no factor here", said.name, "Add it to the profile's names.")
    if text in how.missing:
        return code, None, mark
    scale, more = said.units[code].get(unit), said.variants.get(variant, {}).get(code, Fraction(1))
    if scale is None:
        return Refused(
            "unknown_unit", f"{unit!r} is no unit of {code} here", said.unit, "Add it to the profile's units."
        )
    ratio = scale * more
    value = math.nan if number is None else number * ratio.numerator / ratio.denominator
    if not math.isfinite(value):
        return Refused("not_a_number", f"{text!r} is no number", said.value, _TO_CORRECT)
    return code, value, mark
