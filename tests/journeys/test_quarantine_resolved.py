"""What could not be accepted is corrected and sent again, or dismissed; each step shows who took it."""

import json

from ingest.quarantine import Submission
from running.operations import OPERATIONS
from running.platform import Platform, silent
from services.decider import Refused
from tests.conftest import Ask
from tests.journeys.steps import command, fold

QUARANTINE = "{ quarantine { nodes { submissionId state code resolution resolvedBy } } }"
RESEND = """mutation($input: ResendSubmissionInput!) { resendSubmission(input: $input) {
  __typename ... on Resent { accepted repeated } ... on Refused { code where message } } }"""
SAID = {
    "site_id": "1803A",
    "period": "HOUR",
    "observed_at": "2022-01-03T04:00:00Z",
    "readings": [{"factor": "PM2.5", "value": "much"}],
    "source": "cnemc",
}


def refused(ask: Ask, platform: Platform) -> str:
    """A station, and a statement of it in quarantine; returns its id."""
    command(ask, "registerStation", siteId="1803A", nameZh="x", nameEn="x", positionSource="t", network="NATIONAL")
    reading = {"factor": "PM2.5", "value": "much"}
    given = {"siteId": "1803A", "period": "HOUR", "observedAt": SAID["observed_at"], "source": "cnemc"}
    record = "mutation($input: [ObservationInput!]!) { recordObservations(input: $input) { accepted } }"
    ask(record, input=[{**given, "readings": [reading]}])
    fold(platform)
    (found,) = ask(QUARANTINE)["quarantine"]["nodes"]
    assert (found["state"], found["code"]) == ("OPEN", "not_a_number")
    return str(found["submissionId"])


def resend(ask: Ask, submission_id: str, kind: str | None = None) -> dict[str, object]:
    given = {"submissionId": submission_id, "source": "officer", "kind": kind}
    answer: dict[str, object] = ask(RESEND, input=given)["resendSubmission"]
    return answer


def test_what_is_corrected_and_sent_again_is_accepted(ask: Ask, platform: Platform) -> None:
    identity = refused(ask, platform)
    content = ask(f'{{ quarantinedContent(submissionId: "{identity}") }}')["quarantinedContent"]
    assert json.loads(content)["readings"][0]["value"] == "much"
    assert resend(ask, identity)["code"] == "does_not_fit_the_schema"
    corrected = json.dumps({**SAID, "readings": [{"factor": "PM2.5", "value": 41}]})
    command(ask, "correctSubmission", submissionId=identity, content=corrected, note="read from the strip chart")
    assert ask(QUARANTINE)["quarantine"]["nodes"][0]["state"] == "CORRECTED"
    assert resend(ask, identity) == {"__typename": "Resent", "accepted": 1, "repeated": 0}
    (found,) = ask(QUARANTINE)["quarantine"]["nodes"]
    assert (found["state"], found["resolution"], found["resolvedBy"]) == (
        "RESENT", "1 accepted, 0 there already", "officer",
    )  # fmt: skip
    assert resend(ask, identity)["code"] == "already_resolved"
    fold(platform)
    sql = "SELECT value, source FROM base.reading"
    assert OPERATIONS["sql"](platform, {"query": sql}, silent)["rows"] == [(41.0, "cnemc")]


def test_what_is_dismissed_stays_dismissed(ask: Ask, platform: Platform) -> None:
    identity = refused(ask, platform)
    assert command(ask, "dismissSubmission", submissionId=identity, reason=" ")["code"] == "empty"
    dismissed = command(ask, "dismissSubmission", submissionId=identity, reason="a test of the installer")
    assert dismissed["__typename"] == "Accepted"
    assert ask('{ quarantine(state: "OPEN") { nodes { code } } }')["quarantine"]["nodes"] == []
    assert (
        command(ask, "correctSubmission", submissionId=identity, content="", note="x")["code"] == "already_resolved"
    )
    assert command(ask, "dismissSubmission", submissionId="nothing", reason="x")["code"] == "unknown_submission"


def test_a_row_of_a_file_is_sent_again_with_its_header(ask: Ask, platform: Platform) -> None:
    command(ask, "registerStation", siteId="1803A", nameZh="x", nameEn="x", positionSource="t", network="NATIONAL")
    row = b"2022-01-03T05:00:00,1803A,much,1,1,1,1,1\n"
    refusal = Refused("not_a_number", "'much' is no number", "pm2_5", "Correct it.")
    platform.observations.take([(refusal, Submission("import", "a.csv, line 2", row))], "cnemc")
    fold(platform)
    identity = ask(QUARANTINE)["quarantine"]["nodes"][0]["submissionId"]
    assert resend(ask, identity, "cnemc")["code"] == "still_refused"
    assert resend(ask, identity, "/etc/passwd.yaml")["code"] == "unknown_kind"
    header = "timepoint,stationcode,pm2_5,pm10,so2,no2,co,o3_24h\n"
    corrected = header + row.decode().replace("much", "41")
    command(ask, "correctSubmission", submissionId=identity, content=corrected, note="read from the strip chart")
    assert resend(ask, identity, "cnemc")["accepted"] == 1
