"""Profiles: small YAML files that say which column of a source's files means what.

A file is wide, with a column for each factor (`factors`), or long, with a row for each reading (`readings`).
Numbers are brought to our units by a `scale`, written as a fraction so that no digit is lost: `1/1000`, with a
`shift` where zeros differ, or by naming their `unit`. `across` says which columns are rather rows: one for each
station or hour. `otherwise` lists what differs where the same source hands its data out in another shape; the first
that a file's columns fit is taken. `file` says what a file does not tell of itself: encoding, delimiter, header,
sheet, columns to fill down. `limits` are detection limits, in our units, of values only said to be below one.
`state` says at which temperature and pressure the source states concentrations in air, for the file or a column;
where it is silent, they are taken to be in the state that the standard asks for (`ingest.conditions`).
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import yaml

from ingest.across import Across
from ingest.choices import NO_HINTS, Choice, Hints
from ingest.moments import expect_form
from ingest.statement import PERIODS
from ingest.units import AS_IS, Conversion, conversion
from schemas.standards import air_states, stated_factors
from services.decider import Refused

_FOLDER = Path(__file__).parent / "profiles"
_COMPARE = "Compare it with those in ingest/profiles."


@dataclass(frozen=True)
class Time:
    """How a row tells its time: by `columns`, put in order into the braces of `template`, in the form `form`.

    `form` is as for strptime; ISO 8601 where it is empty.

    `label` says whether the time names the start or the end of its period; ours names the start. `zones` are hours
    from UTC by what stands in `zone_column`, where that is one. With `spans` a time such as 08:00-20:00 is a span.
    """

    columns: Sequence[str]
    template: str
    form: str
    zone: ZoneInfo
    label: Literal["start", "end"]
    period: str
    zone_column: str = ""
    zones: Mapping[str, float] = field(default_factory=dict)
    spans: bool = False


@dataclass(frozen=True)
class Measure:
    """A wide file's column of a factor: numbers in some unit, or texts that `values` gives numbers for."""

    column: str
    conversion: Conversion = AS_IS
    values: Mapping[str, float] = field(default_factory=dict)
    flag: str = ""


@dataclass(frozen=True)
class Flags:
    """How flags read: the first group of `pattern` is looked up in `marks`."""

    pattern: str
    marks: Mapping[str, str]


@dataclass(frozen=True)
class Readings:
    """A long file: columns of a reading's name, value and unit, what names and units mean, and which rows count.

    `names` gives the factor of a name, `others` are names of what is no reading; `units` says what a unit is to a
    factor, beside those that are known. `below` says which texts of which column mean a value below a detection
    limit, and where that and its unit stand. `variants`, by the text of a column of their own, scale further
    (`as NH3`). `only` gives for columns the texts of rows that are readings, `fractions` for factors the texts of
    the column `fraction` that are them: the total, not what is dissolved. Of readings at several depths the one
    nearest the surface counts. A file may lack `optional` columns.
    """

    name: str
    value: str
    unit: str
    names: Mapping[str, str]
    others: frozenset[str]
    units: Mapping[str, Mapping[str, Conversion]]
    variant: str = ""
    variants: Mapping[str, Mapping[str, Fraction]] = field(default_factory=dict)
    below: str = ""
    below_texts: frozenset[str] = frozenset()
    limit: str = ""
    limit_unit: str = ""
    only: Mapping[str, frozenset[str]] = field(default_factory=dict)
    depth: str = ""
    depth_unit: str = ""
    fraction: str = ""
    fractions: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        named = [self.name, self.value, self.unit, self.variant, self.below, self.limit, self.limit_unit]
        return [*filter(None, named), *self.only]

    @property
    def optional(self) -> list[str]:
        return list(filter(None, [self.depth, self.depth_unit, self.fraction]))

    def within(self, found: Collection[str]) -> "Readings":
        """The same without the optional columns that a file lacks; without its column all fractions are one."""
        depth = self.depth if self.depth in found else ""
        fraction = self.fraction if self.fraction in found else ""
        depth_unit = self.depth_unit if depth and self.depth_unit in found else ""
        fractions = self.fractions if fraction else {}
        return replace(self, depth=depth, depth_unit=depth_unit, fraction=fraction, fractions=fractions)


@dataclass(frozen=True)
class Profile:
    """How to read one source's tables; `fingerprint` tells two versions of a profile apart.

    `site_column` is empty where the file's name is the site's. With `some_columns` a file may have only some of the
    factors' columns; `reviewed` says that the values are final ones. `register` tells how to enter a file's sites
    in the register: the command's name and, for each of its fields, a text or `{column: …}`. `states` gives for
    factors the state that their concentrations come in.
    """

    kind: str
    fingerprint: str
    title: str
    source: str
    site_column: str
    time: Time
    missing: frozenset[str]
    factors: Mapping[str, Measure] = field(default_factory=dict)
    flags: Flags | None = None
    readings: Readings | None = None
    records: str | None = None
    some_columns: bool = False
    reviewed: bool = False
    register: Mapping[str, Any] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)
    limits: Mapping[str, float] = field(default_factory=dict)
    hints: Hints = NO_HINTS
    across: Across | None = None
    separators: bool = True
    otherwise: Sequence["Profile"] = ()

    @property
    def columns(self) -> list[str]:
        """The columns that a file must have."""
        measured = [name for m in self.factors.values() for name in (m.column, m.flag) if name]
        long = [*self.readings.columns, *self.readings.optional] if self.readings else []
        made = self.across.made if self.across else ()
        named = [self.site_column, *self.time.columns, self.time.zone_column, *measured, *long]
        return [name for name in dict.fromkeys(filter(None, named)) if name not in made]

    def within(self, found: Collection[str]) -> "Profile":
        """The same without what a file lacks, where it may be lacking."""
        how = replace(self, readings=self.readings.within(found)) if self.readings else self
        if self.some_columns:
            there = {code: m for code, m in self.factors.items() if m.column in found}
            how = replace(how, factors=there) if there else how
        return how

    @property
    def shapes(self) -> list["Profile"]:
        """The ways in which the source hands its data out."""
        return [self, *self.otherwise]

    @property
    def choice(self) -> Choice:
        """What this one reads of a file."""
        return Choice(self._read_of, self.columns, self.records)

    def _read_of(self, names: Sequence[str]) -> list[str] | None:
        columns = self.within(names).columns
        if not set(columns) <= set(names):
            return None
        if self.across is None:
            return columns
        rows = self.across.columns(names, columns)
        return [*columns, *rows] if rows else None

    @property
    def register_columns(self) -> list[str]:
        """The columns that entering sites in the register needs."""
        fields = self.register.get("fields", {}).values()
        return list(dict.fromkeys(said["column"] for said in fields if isinstance(said, dict)))


def kinds(*, records: bool = True) -> list[str]:
    """The kinds of files that there are profiles for, with or without those of records."""
    known = sorted(path.stem for path in _FOLDER.glob("*.yaml"))
    return known if records else [kind for kind in known if "record" not in said_by(kind)]


def profile(kind: str) -> Profile:
    """The profile of a kind, or in a YAML file named instead. Raises `Refused` where there is none."""
    path, text = _found(kind)
    fingerprint = hashlib.sha256(text.encode()).hexdigest()[:16]
    try:
        said = yaml.safe_load(text)
        how = _parsed(path.stem, fingerprint, said)
        others = [_parsed(path.stem, fingerprint, {**said, **other}) for other in said.get("otherwise", ())]
        return replace(how, otherwise=others)
    except KeyError as error:
        raise Refused("bad_profile", f"{path}: {error} is missing", "--as", _COMPARE) from None
    except (TypeError, ValueError, ArithmeticError, AttributeError, LookupError, yaml.YAMLError) as error:
        raise Refused("bad_profile", f"{path}: {error}", "--as", _COMPARE) from None


def said_by(kind: str) -> Mapping[str, Any]:
    """What a profile says, as it stands in its file. Raises `Refused` where there is none."""
    path, text = _found(kind)
    try:
        said = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise Refused("bad_profile", f"{path}: {error}", "--as", _COMPARE) from None
    needed = {"title", "source", "missing"} | ({"fields"} if isinstance(said, dict) and "record" in said else set())
    if not isinstance(said, dict) or not said.keys() >= needed:
        raise Refused("bad_profile", f"{path}: it needs {', '.join(sorted(needed))}", "--as", _COMPARE)
    return said


def _found(kind: str) -> tuple[Path, str]:
    path = Path(kind) if kind.endswith((".yaml", ".yml")) else _FOLDER / f"{kind}.yaml"
    if not path.is_file():
        raise Refused(
            "unknown_kind", f"there is no profile {kind!r}", "--as", f"Use {', '.join(kinds())}, or a YAML file."
        )
    return path, path.read_text(encoding="utf-8")


def _parsed(kind: str, fingerprint: str, said: Mapping[str, Any]) -> Profile:
    time = said["time"]
    _expect_readable(time)
    return Profile(
        kind=kind,
        fingerprint=fingerprint,
        title=said["title"],
        source=said["source"],
        site_column=said.get("site", ""),
        time=Time(
            columns=time.get("columns") or [time["column"]],
            template=time.get("template", "{}"),
            form=time.get("format", ""),
            zone=ZoneInfo(time["zone"]),
            label=time["label"],
            period=time["period"],
            zone_column=time.get("zone_column", ""),
            zones={str(name): float(hours) for name, hours in time.get("zones", {}).items()},
            spans=bool(time.get("spans", False)),
        ),
        missing=frozenset(map(str, said["missing"])),
        factors={code: _measure(code, column) for code, column in sorted((said.get("factors") or {}).items())},
        flags=_flags(said.get("flags")),
        readings=_readings(said["readings"]) if said.get("readings") else None,
        records=said.get("records"),
        some_columns=said.get("some_columns", False),
        reviewed=said.get("reviewed", False),
        register=said.get("register", {}),
        states=_states(said),
        limits={code: float(limit) for code, limit in said.get("limits", {}).items()},
        hints=Hints(**said.get("file", {})),
        across=Across(**said["across"]) if said.get("across") else None,
    )


def _expect_readable(time: Mapping[str, Any]) -> None:
    """Raise `ValueError` where no row's time could be read by what a profile says."""
    if time.get("format"):
        expect_form(time["format"])
    columns, template = time.get("columns") or [time["column"]], time.get("template", "{}")
    if template.count("{}") != len(columns) or template.replace("{}", "").strip("{}") != template.replace("{}", ""):
        raise ValueError(f"template {template!r} does not have one {{}} for each of {len(columns)} columns")
    if time["label"] not in ("start", "end") or time["period"] not in PERIODS:
        raise ValueError(f"label must be start or end, and period one of {', '.join(PERIODS)}")


def _states(said: Mapping[str, Any]) -> dict[str, str]:
    """The state of each factor that has one: its column's own, else the file's."""
    factors, readings = said.get("factors") or {}, said.get("readings") or {}
    columns = {code: how.get("state", "") for code, how in factors.items() if isinstance(how, dict)}
    codes = {*factors, *readings.get("names", {}).values()}
    told = {code: columns.get(code) or said.get("state", "") for code in codes & stated_factors()}
    unknown = {said.get("state", ""), *columns.values()} - {"", *air_states()}
    if unknown or {code for code, state in columns.items() if state} - stated_factors():
        raise ValueError(f"state: only {', '.join(sorted(stated_factors()))} have one: {', '.join(air_states())}")
    return {code: state for code, state in told.items() if state}


def _measure(code: str, said: str | Mapping[str, Any]) -> Measure:
    if isinstance(said, str):
        return Measure(said)
    by = conversion(str(said["unit"]), code) if "unit" in said else _conversion(said)
    if by is None:
        raise ValueError(f"{said['unit']!r} is no unit of {code} that is known: give its scale")
    return Measure(
        said["column"],
        by,
        {text: float(number) for text, number in said.get("values", {}).items()},
        said.get("flag", ""),
    )


def _flags(said: Mapping[str, Any] | None) -> Flags | None:
    return Flags(said["pattern"], {str(flag): mark for flag, mark in said["marks"].items()}) if said else None


def _readings(said: Mapping[str, Any]) -> Readings:
    below = said.get("below", {})
    return Readings(
        name=said["name"],
        value=said["value"],
        unit=said.get("unit", ""),
        names=said["names"],
        others=frozenset(said.get("others", ())),
        units={code: _conversions(units) for code, units in said.get("units", {}).items()},
        variant=said.get("variant", ""),
        variants={text: _scales(scales) for text, scales in said.get("variants", {}).items()},
        below=below.get("column", ""),
        below_texts=frozenset(below.get("texts", ())),
        limit=below.get("limit", ""),
        limit_unit=below.get("limit_unit", ""),
        only={column: frozenset(texts) for column, texts in said.get("only", {}).items()},
        depth=said.get("depth", {}).get("column", ""),
        depth_unit=said.get("depth", {}).get("unit", ""),
        fraction=said.get("fraction", {}).get("column", ""),
        fractions={code: frozenset(texts) for code, texts in said.get("fraction", {}).get("of", {}).items()},
    )


def _conversions(said: Mapping[str, Any]) -> dict[str, Conversion]:
    return {str(name): _conversion(how if isinstance(how, dict) else {"scale": how}) for name, how in said.items()}


def _conversion(said: Mapping[str, Any]) -> Conversion:
    return Conversion(Fraction(str(said.get("scale", 1))), Fraction(str(said.get("shift", 0))))


def _scales(said: Mapping[str, Any]) -> dict[str, Fraction]:
    return {name: Fraction(str(scale)) for name, scale in said.items()}
