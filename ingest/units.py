"""Units as sources spell them, and what brings them to ours: as USGS, CNEMC, laboratories and manifests do.

What is not known here, or means two things (`tons`, `ppm` of a gas), is no unit: whoever asks refuses it by name.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from schemas.standards import factors

_ONE, _NONE = Fraction(1), Fraction(0)


@dataclass(frozen=True)
class Conversion:
    """What a number is multiplied by, and what is added then, to be in our unit: °F are 5/9 and -160/9."""

    scale: Fraction = _ONE
    shift: Fraction = _NONE

    def of(self, number: float) -> float:
        """The number in our unit; without a shift as binary floating point has it."""
        if self.shift:
            return float(Fraction(repr(number)) * self.scale + self.shift)
        return number * self.scale.numerator / self.scale.denominator

    def times(self, ratio: Fraction) -> "Conversion":
        return Conversion(self.scale * ratio, self.shift * ratio)


AS_IS = Conversion()
"""What is in our unit already."""

_MASSES = {
    "ng": Fraction(1, 10**9), "ug": Fraction(1, 10**6), "mcg": Fraction(1, 10**6), "mg": Fraction(1, 1000),
    "g": _ONE, "kg": Fraction(1000), "纳克": Fraction(1, 10**9), "微克": Fraction(1, 10**6),
    "毫克": Fraction(1, 1000), "克": _ONE, "千克": Fraction(1000),
}  # fmt: skip
"""In grams."""
_VOLUMES = {
    "l": _ONE, "liter": _ONE, "litre": _ONE, "dm3": _ONE, "ml": Fraction(1, 1000), "cm3": Fraction(1, 1000),
    "100ml": Fraction(1, 10), "m3": Fraction(1000), "nm3": Fraction(1000), "升": _ONE, "毫升": Fraction(1, 1000),
    "100毫升": Fraction(1, 10), "立方米": Fraction(1000), "标立方米": Fraction(1000),
}  # fmt: skip
"""In litres."""
_COUNTS = {
    "": 1,
    "1": 1,
    "mpn": 1,
    "cfu": 1,
    "#": 1,
    "个": 1,
    "no": 1,
    "no.": 1,
    "col": 1,
    "count": 1,
    "万个": 10_000,
}
_F = Fraction
_KINDS: tuple[Mapping[str, Fraction], ...] = (
    {"%": _ONE, "percent": _ONE, "pct": _ONE, "%rh": _ONE, "%saturatn": _ONE, "%saturation": _ONE, "%sat": _ONE},
    {"hpa": _ONE, "mbar": _ONE, "mb": _ONE, "pa": _F(1, 100), "kpa": _F(10), "bar": _F(1000), "百帕": _ONE,
     "千帕": _F(10), "帕": _F(1, 100), "mmhg": _F(101325, 76000), "mm/hg": _F(101325, 76000),
     "inhg": _F(101325, 76000) * _F("25.4"), "atm": _F("1013.25")},
    {"m/s": _ONE, "mps": _ONE, "m/sec": _ONE, "米/秒": _ONE, "km/h": _F(5, 18), "kmh": _F(5, 18), "kph": _F(5, 18),
     "kn": _F(1852, 3600), "kt": _F(1852, 3600), "knots": _F(1852, 3600), "mph": _F("0.44704"),
     "ft/s": _F("0.3048")},
    {"°": _ONE, "deg": _ONE, "degree": _ONE, "degrees": _ONE, "degreestrue": _ONE, "度": _ONE},
    {"m": _ONE, "meter": _ONE, "meters": _ONE, "metre": _ONE, "米": _ONE, "cm": _F(1, 100), "厘米": _F(1, 100),
     "mm": _F(1, 1000), "毫米": _F(1, 1000), "ft": _F("0.3048"), "feet": _F("0.3048"), "in": _F("0.0254"),
     "inch": _F("0.0254"), "inches": _F("0.0254")},
    {"w/m2": _ONE, "watt/m2": _ONE, "watts/m2": _ONE, "kw/m2": _F(1000), "瓦/平方米": _ONE},
    {"mmol/m2": _ONE, "millimoles/m2": _ONE},
    {"ntu": _ONE, "fnu": _ONE, "ftu": _ONE},
    {"us/cm": _ONE, "umho/cm": _ONE, "umhos/cm": _ONE, "微西门子/厘米": _ONE, "ms/cm": _F(1000),
     "mmho/cm": _F(1000), "mmhos/cm": _F(1000), "ms/m": _F(10), "s/m": _F(10_000), "ds/m": _F(1000),
     "us/m": _F(1, 100)},
    {"psu": _ONE, "pss": _ONE, "ppt": _ONE, "ppth": _ONE, "‰": _ONE},
    {"ph": _ONE, "": _ONE, "none": _ONE, "stdunits": _ONE, "standardunits": _ONE, "phunits": _ONE, "phunit": _ONE,
     "su": _ONE, "无量纲": _ONE, "无": _ONE},
    {"db(a)": _ONE, "dba": _ONE, "db": _ONE, "分贝": _ONE},
    {"mv": _ONE, "毫伏": _ONE, "v": _F(1000)},
    {"l/s": _ONE, "升/秒": _ONE, "l/min": _F(1, 60), "m3/s": _F(1000), "m3/h": _F(5, 18), "m3/d": _F(5, 432),
     "立方米/秒": _F(1000), "立方米/小时": _F(5, 18), "ft3/s": _F("28.316846592"), "cfs": _F("28.316846592")},
)  # fmt: skip
_TEMPERATURES = {
    **dict.fromkeys(("degc", "°c", "c", "celsius", "摄氏度"), Conversion()),
    **dict.fromkeys(("degf", "°f", "f", "fahrenheit", "华氏度"), Conversion(_F(5, 9), _F(-160, 9))),
    **dict.fromkeys(("k", "kelvin", "degk"), Conversion(_ONE, _F("-273.15"))),
}
_N, _P = _F("14.007"), _F("30.974")
_SPECIES: Mapping[str, Mapping[str, Fraction]] = {
    "n": dict.fromkeys(("NH3-N", "NO3-N", "NO2-N", "NO23-N", "TN"), _ONE),
    "p": dict.fromkeys(("TP", "PO4-P"), _ONE),
    "nh3": {"NH3-N": _N / _F("17.031")},
    "nh4": {"NH3-N": _N / _F("18.039")},
    "no3": {"NO3-N": _N / _F("62.004")},
    "no2": {"NO2-N": _N / _F("46.005")},
    "po4": {"TP": _P / _F("94.970"), "PO4-P": _P / _F("94.970")},
}
"""Of what a concentration is stated: molar masses of what is meant over those of what was weighed."""
_AS = re.compile(r"(.*/ ?[a-z0-9]+?) *(?:\bas ?| )(caco3|nh3|nh4|no3|no2|po4|n|p|[a-z0-9]+)")
_AT_25 = re.compile(r"@ ?25 ?(?:deg|°)? ?c$")
_POWER = re.compile(r"(ng|ug|mg|g|kg)[. ·*]?(l|m3|dm3)-1|(ng|ug|mg|g|kg)[. ·*/]?m-3")

_POUND = _F("0.45359237")
_TONNES = {
    **dict.fromkeys(("吨", "公吨", "tonne", "tonnes", "metricton", "metrictons", "tons(metric)", "mt"), _ONE),
    **{name: _F(1, 1000) for name in ("kg", "kgs", "kilo", "kilos", "kilogram", "kilograms", "千克", "公斤")},
    **{name: _F(1, 10**6) for name in ("g", "gram", "grams", "克")},
    **dict.fromkeys(("lb", "lbs", "pound", "pounds", "磅"), _POUND / 1000),
    **dict.fromkeys(("shortton", "shorttons", "tons(short)", "tons(2000lbs)"), _POUND * 2),
    **dict.fromkeys(("longton", "longtons", "tons(long)"), _POUND * 2240 / 1000),
}
_NO_MASSES = frozenset(
    ("gal", "gallon", "gallons", "加仑", "l", "liter", "liters", "litre", "litres", "升", "m3", "cubicmeters",
     "cubicmetres", "cubicmeter", "立方米", "yd3", "cubicyard", "cubicyards", "ft3", "cubicfeet")
)  # fmt: skip
_CODED = re.compile(r"[a-z] ?- ?(?=\w)")


def names_species(unit: str) -> bool:
    """Whether a unit says what a concentration is stated as: `mg/l as N`."""
    found = _AS.fullmatch(_plain(unit))
    return found is not None and found[2] in _SPECIES


def species(text: str, code: str) -> Fraction | None:
    """What brings a concentration stated `as NH3` to what its factor is stated as; None where nothing does."""
    said = _plain(text).removeprefix("as ")
    own = code.lower()
    return _ONE if said in ("", own) else _SPECIES.get(said, {}).get(code)


@cache
def conversion(unit: str, code: str) -> Conversion | None:
    """What brings a unit, however it is spelled, to that of a factor; None where it is no unit of it."""
    ours, said = factors()[code].unit, _plain(unit)
    if (as_what := _AS.fullmatch(said)) and as_what[2] not in ("l", "m3", "ml"):
        ratio = _SPECIES.get(as_what[2], {}).get(code)
        found = conversion(as_what[1], code) if ratio is not None else None
        return found.times(ratio) if found and ratio is not None else None
    found = _between(said.replace(" ", ""), _plain(ours).replace(" ", ""))
    return found if found is not None or said.replace(" ", "") != _plain(ours).replace(" ", "") else Conversion()


def tonnes(unit: str) -> Fraction | None:
    """Tonnes in a unit of mass; None where it is a volume. Raises `ValueError` where it is neither, or two."""
    if unit.strip() == "t":
        return _ONE
    said = _CODED.sub("", _plain(unit), count=1).replace(" ", "")
    if said in _TONNES:
        return _TONNES[said]
    if said in _NO_MASSES:
        return None
    raise ValueError(f"{unit!r} is no unit of mass or volume that is known")


def _between(said: str, ours: str) -> Conversion | None:
    if ours in _TEMPERATURES:
        return _TEMPERATURES.get(said)
    for kind in _KINDS:
        if ours in kind and said in kind:
            return Conversion(kind[said] / kind[ours])
    theirs, wanted = _concentration(said, _MASSES), _concentration(ours, _MASSES)
    if theirs and wanted:
        return Conversion(theirs / wanted)
    theirs, wanted = _concentration(said, _COUNTS), _concentration(ours, _COUNTS)
    return Conversion(theirs / wanted) if theirs and wanted else None


def _concentration(unit: str, of: Mapping[str, Fraction | int]) -> Fraction | None:
    """In grams, or numbers, per litre."""
    amount, sign, volume = unit.partition("/")
    return Fraction(of[amount]) / _VOLUMES[volume] if sign and amount in of and volume in _VOLUMES else None


def _plain(unit: str) -> str:
    """One spelling: no width, no powers as marks, no case, µ as u."""
    said = unicodedata.normalize("NFKC", unit).strip().lower().replace("µ", "u").replace("μ", "u")
    said = _AT_25.sub("", re.sub(r"\s+", " ", said.replace("^", "").replace("每", "/"))).strip()
    power = _POWER.fullmatch(said)
    return f"{power[1] or power[3]}/{power[2] or 'm3'}" if power else said
