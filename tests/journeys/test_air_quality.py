"""Air: a station is registered, an hour observed and corrected, and the AQI of then and now can be asked."""

from typing import Any

from tests.conftest import Ask

STATION = {
    "siteId": "1803A", "nameZh": "十里", "nameEn": "Shili", "lon": 115.9872, "lat": 29.6815,
    "positionQuality": "PUBLISHED", "positionSource": "test", "network": "NATIONAL", "factors": ["PM2.5"],
    "source": "test",
}  # fmt: skip
REGISTER = "mutation($input: RegisterStationInput!) { registerStation(input: $input) { __typename } }"
RECORD = """mutation($input: [ObservationInput!]!) {
  recordObservations(input: $input) { accepted restated repeated refused { code } position } }"""
HOURS = """query($asOf: DateTime) {
  airHours(siteId: "1803A", since: "2022-01-03T00:00:00Z", until: "2022-01-04T00:00:00Z", asOf: $asOf) {
    observedAt aqi level primaryPollutants edition pm25UgM3 } }"""


def observed(pm25: object) -> list[dict[str, object]]:
    six = {"SO2": 10, "NO2": 40, "CO": 0.8, "O3": 60, "PM10": 80, "PM2.5": pm25}
    readings = [{"factor": factor, "value": value} for factor, value in six.items()]
    at = "2022-01-03T12:00:00+08:00"
    return [{"siteId": "1803A", "period": "HOUR", "observedAt": at, "readings": readings, "source": "test"}]


def test_an_hour_is_observed_judged_and_judged_again_when_corrected(ask: Ask) -> None:
    assert ask(REGISTER, input=STATION) == {"registerStation": {"__typename": "Accepted"}}
    first = ask(RECORD, input=observed(89))["recordObservations"]
    assert (first["accepted"], first["refused"]) == (1, [])
    assert ask(RECORD, input=observed(89))["recordObservations"]["repeated"] == 1
    assert _folded(ask)["airHours"] == {
        "observedAt": ["2022-01-03T04:00:00+00:00"], "aqi": [118], "level": [3], "primaryPollutants": [["PM2.5"]],
        "edition": ["HJ 633-2012"], "pm25UgM3": [89.0],
    }  # fmt: skip
    assert ask(RECORD, input=observed("40"))["recordObservations"]["restated"] == 1
    assert _folded(ask, statements=2)["airHours"]["aqi"] == [65]


def test_a_day_is_judged_from_its_hours(ask: Ask) -> None:
    ask(REGISTER, input=STATION)
    for hour in range(24):
        (said,) = observed(76)
        ask(RECORD, input=[{**said, "observedAt": f"2022-01-03T{hour:02}:00:00+08:00"}])
    _folded(ask, statements=24)
    days = ask('{ airDays(siteId: "1803A", since: "2022-01-03", until: "2022-01-03") { day aqi hours } }')
    assert days["airDays"] == {"day": ["2022-01-03"], "aqi": [102], "hours": [24]}


def _folded(ask: Ask, statements: int = 1) -> Any:
    """The hours, once so many statements are folded."""
    within = 'siteId: "1803A", since: "2022-01-01T00:00:00Z", until: "2022-01-09T00:00:00Z"'
    count = f"{{ readings({within}) {{ nodes {{ value }} }} }}"
    for _ in range(500):
        if len(ask(count)["readings"]["nodes"]) == 6 * statements:
            break
    return ask(HOURS)
