"""From a source's table of texts to statements, by its profile, a column at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction

import polars as pl

from services.decider import Refused
from services.ingest.conditions import in_kept_states
from services.ingest.profile import Measure, Profile, Readings
from services.ingest.statement import PERIODS, Statement, microseconds

_FORMS = (
    "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M",
    "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f",
)  # fmt: skip
_BELOW = r"^(?:<\s*([0-9.]+)|([0-9.]+)L)$"
"""A value below the detection limit, as laboratories write the limit: `<0.05` or `0.05L` (HJ 91.1-2019 10.2)."""

_TO_CORRECT = "Correct the value, or leave it empty where there is none, and import the row again."


@dataclass
class Shaped:
    """The statements of a table, and what of it is refused: row in the table, why.

    `rows` names for each statement the row, or the first of the rows, that it was made of.
    """

    statements: list[Statement] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
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


def _start(how: Profile) -> pl.Expr:
    """The start of the period in microseconds, UTC; null where the text is of no form that is known here."""
    text = pl.format(how.time.template, *(pl.col(column).str.strip_chars() for column in how.time.columns))
    forms = [how.time.form] if how.time.form else _FORMS
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
        except ValueError as error:
            found.refused.append((row, _no_time(how, text, error)))
    if late:
        told = pl.DataFrame(
            {"row": late.keys(), "told": late.values()}, schema={"row": pl.UInt32, "told": pl.Int64}
        )
        base = (
            base.join(told, on="row", how="left").with_columns(pl.coalesce("at", "told").alias("at")).drop("told")
        )
    return base.filter(pl.col("at").is_not_null())


def _no_time(how: Profile, text: str, error: ValueError) -> Refused:
    return Refused(
        "not_a_time",
        f"{text!r} is no time: {error}",
        ", ".join(how.time.columns),
        "Write it as 2022-01-03T01:00:00, with an offset from UTC where it is not of the source's zone.",
    )


def _moment(how: Profile, text: str) -> int:
    moment = datetime.strptime(text, how.time.form) if how.time.form else datetime.fromisoformat(text)  # noqa: DTZ007
    if moment.tzinfo is None:
        early, late = (moment.replace(tzinfo=how.time.zone, fold=fold) for fold in (0, 1))
        if early.utcoffset() != late.utcoffset():
            raise ValueError(f"it comes twice or never in {how.time.zone}, when the clocks change")
        moment = early
    return microseconds(moment.astimezone(UTC))


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
            found.rows.append(row)
        else:
            found.refused.append((row, _why_bad(how, how.factors[code], columns, position)))


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
    return flag.replace_strict(dict(how.flags.marks), default=None, return_dtype=pl.String)


def _bad(how: Profile, measure: Measure, code: str, value: pl.Series, mark: pl.Series) -> pl.Expr:  # noqa: ARG001
    no_number = pl.lit(value.is_null()) & ~pl.col(measure.column).is_in(list(how.missing))
    return no_number | pl.lit(mark.is_null())


def _why_bad(how: Profile, measure: Measure, columns: pl.DataFrame, position: int) -> Refused:
    text = columns[measure.column][position]
    if text not in how.missing and not measure.values and _is_no_number(text):
        return Refused("not_a_number", f"{text!r} is no number", measure.column, _TO_CORRECT)
    if measure.values and text not in how.missing and text not in measure.values:
        return Refused("unknown_value", f"{text!r} is none of its values", measure.column, _TO_CORRECT)
    flag = columns[measure.flag][position]
    return Refused(
        "unknown_flag", f"{flag!r} is no flag that is known", measure.flag, "Add it to the profile's flags."
    )


def _is_no_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return True
    return False


def _long(how: Profile, said: Readings, frame: pl.DataFrame, timed: pl.DataFrame, found: Shaped) -> None:
    columns = frame.select(pl.all().str.strip_chars())[timed["row"]]
    collected: dict[tuple[str, int], dict[str, tuple[int, float | None, str]]] = {}
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
    for (site, at), readings in collected.items():
        codes = tuple(sorted(readings))
        values, marks = [readings[c][1] for c in codes], tuple(readings[c][2] for c in codes)
        found.statements.append(
            Statement(site, how.time.period, at, how.source, codes, values, marks, how.reviewed)
        )
        found.rows.append(min(row for row, _, _ in readings.values()))


def _readings(
    how: Profile, said: Readings, columns: pl.DataFrame
) -> Iterator[tuple[str, float | None, str] | Refused]:
    texts = [columns[column] if column else [""] * columns.height for column in _in_order(said)]
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
        yield _reading(
            how, said, name, variant, *((limit, limit_unit or unit, "<") if hidden else (value, unit, ""))
        )


def _in_order(said: Readings) -> Sequence[str]:
    return said.name, said.value, said.unit, said.variant, said.below, said.limit, said.limit_unit


def _reading(
    how: Profile, said: Readings, name: str, variant: str, text: str, unit: str, mark: str
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
    if _is_no_number(text):
        return Refused("not_a_number", f"{text!r} is no number", said.value, _TO_CORRECT)
    ratio = scale * more
    return code, float(text) * ratio.numerator / ratio.denominator, mark
