"""Profiles: small YAML files that say which column of a source's files means what.

A file is wide, with a column for each factor (`factors`), or long, with a row for each reading (`readings`).
Numbers are brought to our units by a `scale`, written as a fraction so that no digit is lost: `1/1000`.
`state` says at which temperature and pressure the source states concentrations in air, for the file or a column;
where it is silent, they are taken to be in the state that the standard asks for (`ingest.conditions`).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import yaml

from ingest.moments import expect_form
from ingest.statement import PERIODS
from schemas.standards import air_states, stated_factors
from services.decider import Refused

_FOLDER = Path(__file__).parent / "profiles"
_ONE = Fraction(1)
_COMPARE = "Compare it with those in ingest/profiles."


@dataclass(frozen=True)
class Time:
    """How a row tells its time: by `columns`, put in order into the braces of `template`, in the form `form`.

    `form` is as for strptime; ISO 8601 where it is empty.

    `label` says whether the time names the start or the end of its period; ours names the start.
    """

    columns: Sequence[str]
    template: str
    form: str
    zone: ZoneInfo
    label: Literal["start", "end"]
    period: str


@dataclass(frozen=True)
class Measure:
    """A wide file's column of a factor: numbers times `scale`, or texts that `values` gives numbers for."""

    column: str
    scale: Fraction = _ONE
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

    `names` gives the factor of a name, `units` the scale of a unit for a factor. `below` says which texts of which
    column mean a value below a detection limit, and where that and its unit stand. `variants`, by the text of a
    column of their own, scale further (`as NH3`). `only` gives for columns the texts of rows that are readings.
    """

    name: str
    value: str
    unit: str
    names: Mapping[str, str]
    units: Mapping[str, Mapping[str, Fraction]]
    variant: str = ""
    variants: Mapping[str, Mapping[str, Fraction]] = field(default_factory=dict)
    below: str = ""
    below_texts: frozenset[str] = frozenset()
    limit: str = ""
    limit_unit: str = ""
    only: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        named = [self.name, self.value, self.unit, self.variant, self.below, self.limit, self.limit_unit]
        return [*filter(None, named), *self.only]


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

    @property
    def columns(self) -> list[str]:
        """The columns that a file must have."""
        measured = [name for m in self.factors.values() for name in (m.column, m.flag) if name]
        long = self.readings.columns if self.readings else []
        return list(dict.fromkeys(filter(None, [self.site_column, *self.time.columns, *measured, *long])))

    def within(self, found: Sequence[str]) -> "Profile":
        """The same without the factors whose columns a file lacks, where the profile allows that."""
        if not self.some_columns:
            return self
        there = {code: m for code, m in self.factors.items() if m.column in found}
        return replace(self, factors=there) if there else self

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
    try:
        return _parsed(path.stem, hashlib.sha256(text.encode()).hexdigest()[:16], yaml.safe_load(text))
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
        ),
        missing=frozenset(map(str, said["missing"])),
        factors={code: _measure(column) for code, column in sorted(said.get("factors", {}).items())},
        flags=_flags(said.get("flags")),
        readings=_readings(said["readings"]) if "readings" in said else None,
        records=said.get("records"),
        some_columns=said.get("some_columns", False),
        reviewed=said.get("reviewed", False),
        register=said.get("register", {}),
        states=_states(said),
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
    columns = {code: how.get("state", "") for code, how in said.get("factors", {}).items() if isinstance(how, dict)}
    codes = {*said.get("factors", {}), *said.get("readings", {}).get("names", {}).values()}
    told = {code: columns.get(code) or said.get("state", "") for code in codes & stated_factors()}
    unknown = {said.get("state", ""), *columns.values()} - {"", *air_states()}
    if unknown or {code for code, state in columns.items() if state} - stated_factors():
        raise ValueError(f"state: only {', '.join(sorted(stated_factors()))} have one: {', '.join(air_states())}")
    return {code: state for code, state in told.items() if state}


def _measure(said: str | Mapping[str, Any]) -> Measure:
    if isinstance(said, str):
        return Measure(said)
    return Measure(
        said["column"],
        Fraction(str(said.get("scale", 1))),
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
        unit=said["unit"],
        names=said["names"],
        units={code: _scales(units) for code, units in said["units"].items()},
        variant=said.get("variant", ""),
        variants={text: _scales(scales) for text, scales in said.get("variants", {}).items()},
        below=below.get("column", ""),
        below_texts=frozenset(below.get("texts", ())),
        limit=below.get("limit", ""),
        limit_unit=below.get("limit_unit", ""),
        only={column: frozenset(texts) for column, texts in said.get("only", {}).items()},
    )


def _scales(said: Mapping[str, Any]) -> dict[str, Fraction]:
    return {name: Fraction(str(scale)) for name, scale in said.items()}
