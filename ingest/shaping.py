"""From a source's table of texts to statements, by its profile, a column at a time."""

from collections.abc import Iterator
from datetime import timedelta, timezone

import polars as pl

from ingest.conditions import in_kept_states
from ingest.moments import FORMS, day_zone, local_moment, names_hour, read_alike, span_s
from ingest.profile import Profile
from ingest.samplings import samplings
from ingest.shaped import Shaped
from ingest.statement import PERIODS, microseconds
from ingest.wide import wide
from services.decider import Refused
from services.unexpected import guarded

_MOST_POISON = 20


def shaped(how: Profile, frame: pl.DataFrame, file_site: str) -> Shaped:
    """The statements that the rows of `frame` make; `file_site` is the site where the profile names no column."""
    found = Shaped()
    site = pl.col(how.site_column).str.strip_chars() if how.site_column else pl.lit(file_site)
    base = frame.select(site.alias("site"), _start(how).alias("at")).with_row_index("row")
    timed = _timed(how, frame, base, found)
    columns = frame.select(pl.all().str.strip_chars())[timed["row"]]
    (samplings if how.readings else wide)(how, columns, timed, found)
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
        [(sound[row], refusal) for row, refusal in part.items],
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


def by_site_and_time(how: Profile, frame: pl.DataFrame, file_site: str) -> pl.DataFrame:
    """The site and the start (microseconds, UTC; null where there is none) of each row."""
    found = Shaped()
    site = pl.col(how.site_column).str.strip_chars() if how.site_column else pl.lit(file_site)
    base = frame.select(site.alias("site"), _start(how).alias("at")).with_row_index("row")
    timed = _timed(how, frame, base, found)
    return base.drop("at").join(timed.select("row", "at"), on="row", how="left", maintain_order="left")


def _start(how: Profile) -> pl.Expr:
    """The start of the period in microseconds, UTC; null where only a closer look tells it."""
    text = pl.format(how.time.template, *(pl.col(column).str.strip_chars() for column in how.time.columns))
    forms = [how.time.form] if how.time.form else FORMS
    if how.time.zone_column or (how.time.form and not read_alike(how.time.form)):
        return pl.lit(None, pl.Int64)
    local = pl.coalesce(text.str.to_datetime(form, time_unit="us", strict=False) for form in forms)
    if _is_district_day(how):
        return local.to_physical() - 8 * 3_600_000_000 - _shift(how)
    moment = local.dt.replace_time_zone(str(how.time.zone), ambiguous="null", non_existent="null")
    return moment.dt.convert_time_zone("UTC").to_physical() - _shift(how)


def _is_district_day(how: Profile) -> bool:
    return day_zone(how.time.zone, how.time.period) is not how.time.zone


def _shift(how: Profile) -> int:
    return PERIODS[how.time.period] if how.time.label == "end" else 0


def _timed(how: Profile, frame: pl.DataFrame, base: pl.DataFrame, found: Shaped) -> pl.DataFrame:
    """The rows that have a time, also those of which only a closer look tells it."""
    late: dict[int, int] = {}
    known: dict[tuple[str, ...], int | Refused] = {}
    columns = [*how.time.columns, *filter(None, [how.time.zone_column])]
    for row in base.filter(pl.col("at").is_null())["row"]:
        texts = tuple(frame[column][row].strip() for column in columns)
        if texts not in known:
            known[texts] = _told(how, texts)
        told = known[texts]
        if isinstance(told, Refused):
            found.refused.append((row, told))
        else:
            late[row] = told
    if late:
        told_at = pl.DataFrame(
            {"row": late.keys(), "told": late.values()}, schema={"row": pl.UInt32, "told": pl.Int64}
        )
        base = base.join(told_at, on="row", how="left", maintain_order="left")
        base = base.with_columns(pl.coalesce("at", "told").alias("at")).drop("told")
    return base.filter(pl.col("at").is_not_null())


def _told(how: Profile, texts: tuple[str, ...]) -> int | Refused:
    """The start that a row's cells of time tell, in microseconds, UTC; the last of them is its zone, if any."""
    text = how.time.template.format(*texts[: len(how.time.columns)]).strip()
    try:
        return _moment(how, text, texts[-1]) - _shift(how)
    except (ValueError, OverflowError) as error:
        return Refused(
            "not_a_time",
            f"{text!r} is no time: {error}",
            ", ".join(how.time.columns),
            "Write it as 2022-01-03T01:00:00, with an offset from UTC where it is not of the source's zone.",
        )


def _moment(how: Profile, text: str, zone: str) -> int:
    time, length = how.time, PERIODS[how.time.period]
    if not text:
        raise ValueError("it is empty")
    if not time.form and length in (PERIODS["HOUR"], PERIODS["MINUTE"]) and not names_hour(text):
        raise ValueError("it names a day and no hour")
    spanned = None if time.form else span_s(text, spans=time.spans)
    if spanned is not None and length and spanned * 1_000_000 != length:
        raise ValueError(f"it spans {spanned} s, which is no {time.period}")
    local = _zone(how, zone) if time.zone_column else day_zone(time.zone, time.period)
    return microseconds(local_moment(text, time.form, local, end=time.label == "end", spans=time.spans))


def _zone(how: Profile, name: str) -> timezone:
    """The zone that a name stands for, or what it begins with where the profile says so by a star."""
    zones = how.time.zones
    hours = zones.get(name, next((zones[z] for z in zones if z[-1:] == "*" and name.startswith(z[:-1])), None))
    if hours is None:
        raise ValueError(f"{name!r} is no zone that the profile knows")
    return timezone(timedelta(hours=hours))
