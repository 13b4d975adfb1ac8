"""Commands on places of any kind: what is no longer there is retired, and reinstated where that was an error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.checks import expect_texts
from services.decider import ANY_PLACE, Command, Decider
from services.geometry import expect_outline
from services.life import Act, Standing, life
from services.plain import plain


@dataclass(frozen=True, kw_only=True)
class RetireSite(Command):
    """Say that a place is no longer there, since `occurred_at`: what it would observe from then on is refused."""

    site_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ReinstateSite(Command):
    """Say that a place that was retired is in use, after all or again."""

    site_id: str
    reason: str


def _check_reason(command: RetireSite | ReinstateSite, _standing: Standing, _now: datetime) -> None:
    expect_texts(command, "reason")


def _place(command: RetireSite | ReinstateSite) -> Sequence[tuple[str, str, str]]:
    return [(ANY_PLACE, command.site_id, "site_id")]


def _check_outline(command: Any) -> None:
    expect_texts(command, "position_source")
    expect_outline(command.geometry, "geometry")


RegisterOutline = plain("RegisterOutline", "district.outline_registered", check=_check_outline)

DECIDERS: Mapping[type[Command], Decider] = life(
    "site",
    {
        RetireSite: Act("district.site_retired", _check_reason, _place),
        ReinstateSite: Act("district.site_reinstated", _check_reason, _place),
    },
)
