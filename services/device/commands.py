"""Commands about devices that speak HJ 212: entering them in the register, and asking them to do something."""

import dataclasses
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas.standards import factors, hj212_directions
from services.decider import Command, Decider, Fact, Refused, latest, require, restated, stated
from services.device.keys import key_of
from services.device.password import password_hash
from services.masking import MASK, masked_values

_IDENTITY = re.compile(r"[^\s;=,&#]{1,64}")
_PARAMETER = re.compile(r"[^=;,&#\s]+=[^;,&#]*")
_LONGEST_DAY_MIN = 14 * 60
_SECRET = ("1014",)
"""Commands whose parameters are keys, by whatever names."""
_KEPT_BESIDE = ("password", "cipher_secret")
_ASKED = ("down", "both", "down(notice)")


@dataclass(frozen=True, kw_only=True)
class RegisterDevice(Command):
    """Enter a device in the register: only a hash of its password is kept. `unit_profile` says in which units it
    sends: STANDARD (as HJ 212 Annex B prints them), AMBIENT (micrograms, as ambient stations do) or STACK (what is
    meant are values at reference oxygen, Zs); `codes`, `factors` and `scales` are parallel and say what differs
    from it, an empty factor being none. `cipher_secret` is the key of a device that enciphers (SM4, HJ 212-2025),
    16 characters or 32 hexadecimal digits, kept beside the log alone; left empty, what is known of it stays."""

    mn: str
    site_id: str
    site_kind: str
    password: str
    unit_profile: str
    edition: str = "BY_FRAME"
    crc: str = "STANDARD"
    utc_offset_min: int = 480
    codes: Sequence[str] = ()
    factors: Sequence[str] = ()
    scales: Sequence[float] = ()
    cipher_secret: str = ""


@dataclass(frozen=True, kw_only=True)
class RequestDeviceCommand(Command):
    """Ask for a command to be sent to a device as soon as it is connected: `cn` is its code, `st` the system code,
    `parameters` are `name=value`; passwords and keys in them are kept beside the log, until it has ended."""

    command_id: str
    mn: str
    cn: str
    st: str
    parameters: Sequence[str] = ()
    expires_after_s: int = 3600


def register(command: RegisterDevice, entry: Fact | None, _now: datetime) -> Sequence[Fact]:
    require(
        bool(_IDENTITY.fullmatch(command.mn)),
        "bad_mn",
        f"{command.mn!r} is no MN",
        "mn",
        "Give the code that the device sends, without ; = , & # or spaces.",
    )
    require(bool(command.password), "empty", "password is empty", "password", "Give the device's PW.")
    require(
        abs(command.utc_offset_min) <= _LONGEST_DAY_MIN,
        "impossible_offset",
        f"no clock is {command.utc_offset_min} minutes from UTC",
        "utc_offset_min",
        "Give minutes: 480 in China.",
    )
    if command.cipher_secret:
        key_of(command.cipher_secret)
    _check_mapping(command)
    fact = stated("district.device_registered", command)
    fields = {name: value for name, value in fact.fields.items() if name not in _KEPT_BESIDE}
    kept = password_hash(command.mn, command.password)
    return restated(Fact(fact.event, {**fields, "password_hash": kept}), entry)


def request(command: RequestDeviceCommand, known: Fact | None, now: datetime) -> Sequence[Fact]:
    require(
        known is None,
        "known_command",
        f"there is a command {command.command_id!r} already",
        "command_id",
        "Give another id.",
    )
    require(
        hj212_directions().get(command.cn) in _ASKED and not command.cn.startswith("9"),
        "unknown_command",
        f"{command.cn!r} is no command that goes down to a device",
        "cn",
        "Use a CN of standards/hj212_code.csv whose direction is down or both.",
    )
    bad = [n for n, each in enumerate(command.parameters, 1) if not _PARAMETER.fullmatch(each)]
    require(not bad, "bad_parameter", f"number {bad} is no name=value", "parameters", "Write them as SystemTime=….")
    require(
        0 < command.expires_after_s <= 30 * 86_400,
        "impossible_time",
        f"it can't expire after {command.expires_after_s} s",
        "expires_after_s",
        "Give seconds, up to 30 days.",
    )
    said = {f.name: getattr(command, f.name) for f in dataclasses.fields(command)}
    fields = {name: said[name] for name in ("command_id", "mn", "cn", "st")}
    expires_at = now + timedelta(seconds=command.expires_after_s)
    asked = {**fields, "parameters": shown(command), "expires_at": expires_at}
    return [Fact("district.device_command_requested", asked)]


def shown(command: RequestDeviceCommand) -> list[str]:
    """Its parameters as the log has them: without passwords and keys."""
    pairs = [each.partition("=") for each in command.parameters]
    names, values = [name for name, _, _ in pairs], [value for _, _, value in pairs]
    seen = [MASK.decode()] * len(values) if command.cn in _SECRET else masked_values(names, values)
    return [f"{name}{sign}{value}" for (name, sign, _), value in zip(pairs, seen, strict=True)]


def _check_mapping(command: RegisterDevice) -> None:
    require(
        len(command.codes) == len(command.factors) == len(command.scales),
        "not_parallel",
        "codes, factors and scales are not of one length",
        "codes",
        "Give a factor and a scale for each code.",
    )
    for code, factor, scale in zip(command.codes, command.factors, command.scales, strict=True):
        if factor and factor not in factors():
            raise Refused(
                "unknown_factor", f"{factor!r} is no factor", "factors", "Use a code of standards/factor.csv."
            )
        require(
            math.isfinite(scale) and scale > 0,
            "impossible_scale",
            f"{code} can't be multiplied by {scale}",
            "scales",
            "Give what a value is multiplied by to be in the factor's unit.",
        )


def _site(command: RegisterDevice) -> Iterable[tuple[str, str, str]]:
    yield command.site_kind.lower(), command.site_id, "site_id"


DECIDERS: Mapping[type[Command], Decider] = {
    RegisterDevice: Decider("device", lambda c: c.mn, register, latest, refers=_site),
    RequestDeviceCommand: Decider(
        "device_command",
        lambda c: c.command_id,
        request,
        latest,
        refers=lambda c: [("device", c.mn, "mn")],
    ),
}
