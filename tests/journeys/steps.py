"""Steps that several journeys take."""

from typing import Any

from running.platform import Platform
from tests.conftest import Ask


def fold(platform: Platform) -> None:
    """Wait until the tables stand at the end of the log."""
    assert platform.follower.wait_for(platform.log.ends(), 30)


def command(ask: Ask, name: str, /, **given: Any) -> Any:
    """Send a command with its fields, said by `test`; returns its answer."""
    kind = name[0].upper() + name[1:]
    document = f"""mutation($input: {kind}Input!) {{ {name}(input: $input) {{
      __typename ... on Accepted {{ subject eventIds }} ... on Refused {{ code where message remedy }}
      ... on Conflict {{ conflict: message }} }} }}"""
    return ask(document, input={"source": "test", **given})[name]


def enterprise(ask: Ask, *codes: str) -> None:
    """Register enterprises."""
    for code in codes:
        place = {
            "siteId": code,
            "nameZh": code,
            "nameEn": code,
            "positionSource": "test",
            "lon": 116.0,
            "lat": 29.7,
        }
        assert command(ask, "registerEnterprise", industry="x", **place)["__typename"] == "Accepted"


def observe(ask: Ask, site_id: str, at: str, values: dict[str, float], **more: Any) -> None:
    """State the readings of an hour; `more` may say another period."""
    readings = [{"factor": factor, "value": value} for factor, value in values.items()]
    given = {"siteId": site_id, "period": "HOUR", "observedAt": at, "source": "test", "readings": readings, **more}
    document = "mutation($input: [ObservationInput!]!) { recordObservations(input: $input) { accepted } }"
    assert ask(document, input=[given])["recordObservations"]["accepted"] == 1


def source_monitor(ask: Ask, site_id: str, watches: str, source_id: str, **more: Any) -> None:
    """Register a monitor of a source of air pollution."""
    place = {"siteId": site_id, "nameZh": site_id, "nameEn": site_id, "positionSource": "test"}
    answer = command(ask, "registerSourceMonitor", watches=watches, sourceId=source_id, **place, **more)
    assert answer["__typename"] == "Accepted", answer


def in_quarantine(platform: Platform) -> list[tuple[str, str, bytes]]:
    """Code, origin and content of each part of what is in quarantine, by origin and part."""
    fold(platform)
    with platform.database.read() as snapshot:
        rows = snapshot.connection.execute(
            "SELECT code, origin, subject FROM base.submission_quarantined ORDER BY origin, part"
        ).fetchall()
    state = platform.state
    return [(code, origin, state.content(*state.history(subject)[0])) for code, origin, subject in rows]
