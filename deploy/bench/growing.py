"""Writes a log that grows from one size to the next: hours of a hundred stations, samplings of thirty sections and
lakes, their registers beside them, and a review now and then."""

import random
import uuid
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from deploy.bench.readings import FACTORS, STATIONS, events
from eventlog.codec import Event, drafts
from eventlog.embedded import EmbeddedLog

SECTIONS = 30
WATER_FACTORS = ("pH", "DO", "CODMn", "NH3-N", "TP", "TN", "chla", "SD", "water_temp")
FIRST_SAMPLING_US = 189_273_600_000_000  # 1975-12-31T16:00Z, 1976 in Xunyang: fifty years fit before today
SAMPLING_US = 4 * 3_600_000_000
_USUAL = (7.6, 8.0, 3.0, 0.4, 0.08, 0.9, 12.0, 0.8, 18.0)
_BATCH = 4000
_REVIEWED_ONE_IN = 20_000


class Growing:
    """One log that is made longer; `air` and `water` are how many readings of each it holds."""

    def __init__(self, log: EmbeddedLog) -> None:
        """Begin an empty log with the registers."""
        self._log, self.air, self.water = log, 0, 0
        self._hours, self._samplings = events(1 << 40), _samplings()
        log.append(drafts(_registers()))

    def grow(self, air: int, water: int) -> None:
        """Append what is missing to so many readings of air and of water."""
        self._append(islice(self._hours, (air - self.air) // len(FACTORS)))
        self._append(islice(self._samplings, (water - self.water) // len(WATER_FACTORS)))
        self.air, self.water = air, water

    def _append(self, stated: Iterator[Event]) -> None:
        while batch := list(islice(stated, _BATCH)):
            self._log.append(drafts([*batch, *_reviews(batch)]))


def _reviews(batch: Iterable[Event]) -> Iterator[Event]:
    for event in batch:
        if int(event.fields["event_id"][:6], 16) % _REVIEWED_ONE_IN == 0:
            at = event.fields["observed_at"]
            said = {"factors": [], "period": "HOUR", "since": at, "until": at + SAMPLING_US, "verdict": "INVALID"}
            named = {
                "site_id": event.fields["site_id"],
                "review_id": event.fields["event_id"],
                "reason": "benchmark",
            }
            yield _life("district.readings_marked", f"review/{named['review_id']}", at, {**named, **said})


def _samplings() -> Iterator[Event]:
    chance = random.Random(1357)
    for number in range(1 << 40):
        turn, site = divmod(number, SECTIONS)
        at = FIRST_SAMPLING_US + turn * SAMPLING_US
        named = {"subject": f"water-{site:02}", "site_id": f"water-{site:02}", "period": "HOUR", "observed_at": at}
        values = [round(usual * chance.uniform(0.6, 1.6), 3) for usual in _USUAL]
        stated = {"statement": 1, "factors": list(WATER_FACTORS), "values": values, "reviewed": False}
        marks = {"marks": [""] * len(WATER_FACTORS)}
        yield Event(
            "water.observation_recorded", {**_envelope(chance, at + SAMPLING_US), **named, **stated, **marks}
        )


def _registers() -> list[Event]:
    stations = [f"bench-{number:03}" for number in range(STATIONS)]
    station: dict[str, Any] = {"network": "DISTRICT", "operator": None, "subdistrict_id": None, "factors": []}
    found = [_place("air.station_registered", "station", site, station) for site in stations]
    found.append(
        _place(
            "water.river_registered",
            "river",
            "river",
            dict.fromkeys(("length_km", "shoreline_km", "gate_closing_level_m")),
        )
    )
    empty = dict.fromkeys(("area_ha", "depth_m", "flood_depth_m", "mean_level_m", "remark"))
    for number in range(SECTIONS):
        site = f"water-{number:02}"
        if number % 10 == 0:
            found.append(_place("water.lake_registered", "lake", site, {**empty, "target_class": 3}))
        else:
            of = {"water_body_id": "river", "water_body_kind": "RIVER", "control": "NATIONAL", "target_class": 3}
            of["drinking_water_source"] = number % 10 == 1
            found.append(_place("water.section_registered", "section", site, of))
    return found


def _place(event: str, aggregate: str, site: str, fields: dict[str, Any]) -> Event:
    named = {"site_id": site, "name_zh": site, "name_en": site, "lon": 116.0, "lat": 29.7}
    placed = {"position_quality": "SURVEYED", "position_source": "benchmark"}
    return _life(event, f"{aggregate}/{site}", FIRST_SAMPLING_US, {**named, **placed, **fields})


def _life(event: str, subject: str, at: int, fields: dict[str, Any]) -> Event:
    return Event(event, {**_envelope(random.Random(subject), at), "subject": subject, "previous": None, **fields})


def _envelope(chance: random.Random, at: int) -> dict[str, Any]:
    event_id = str(uuid.UUID(int=chance.getrandbits(128), version=4))
    return {
        "event_id": event_id,
        "occurred_at": at,
        "recorded_at": at + 60_000_000,
        "source": "benchmark",
        "previous": None,
    }
