"""Sends what is in quarantine again: as it came, or as it was corrected."""

import tempfile
from pathlib import Path

from ingest.delivery import Delivered, Sender, deliver
from ingest.importer import import_files
from ingest.observations import Observations
from ingest.profile import kinds
from ingest.report import Report
from ingest.sent import from_json
from services.decider import Refused
from services.handler import Handler
from services.ports import ReadState
from services.quality.commands import NoteResent, require_open


def content_of(submission_id: str, state: ReadState) -> bytes:
    """What is in quarantine: as it was last corrected, or as it came. Raises `Refused` where there is nothing."""
    for event, fields in reversed(state.history(f"quarantine/{submission_id}")):
        if event == "district.submission_corrected":
            return state.content(event, fields)
    first = state.history(f"submission/{submission_id}/1")
    if not first:
        unreadable = state.unreadable(submission_id)
        if unreadable is not None:
            return unreadable
        raise Refused(
            "unknown_submission",
            f"there is no submission {submission_id!r} in quarantine",
            "submission_id",
            "Copy its id from `quarantine`.",
        )
    parts = [state.history(f"submission/{submission_id}/{n + 1}") for n in range(first[0][1]["parts"])]
    return b"".join(state.content(*part[0]) for part in parts if part)


def resend(
    submission_id: str,
    kind: str | None,
    source: str,
    state: ReadState,
    observations: Observations,
    handler: Handler,
) -> Delivered:
    """Take down what a submission states, all of it or nothing, and note that it is done with.

    Without a `kind` it must be JSON as of the API; with one it is a CSV file of that profile, header and all.
    Raises `Refused` where it still can't be accepted: it then stays in quarantine as it is. Should the process die
    between the two, it can be sent again, since what is there already is not recorded twice.
    """
    steps = state.history(f"quarantine/{submission_id}")
    require_open(submission_id, steps[-1][0] if steps else "")
    content = content_of(submission_id, state)
    taken = _as_json(content, source, observations) if kind is None else _as_file(content, kind, observations)
    handler.handle(
        NoteResent(source=source, submission_id=submission_id, accepted=taken.accepted, repeated=taken.repeated)
    )
    return taken


def _as_json(content: bytes, source: str, observations: Observations) -> Delivered:
    items, sender = from_json(content, source), Sender(source, "resend")
    tried = deliver(items, sender, observations, dry_run=True)
    if tried.refused:
        raise tried.refused[0][1]
    return deliver(items, sender, observations)


def _as_file(content: bytes, kind: str, observations: Observations) -> Delivered:
    if kind not in kinds():
        raise Refused("unknown_kind", f"there is no profile {kind!r}", "kind", f"Use {', '.join(kinds())}.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "resent.csv"
        path.write_bytes(content)
        tried = import_files([path], kind, observations, _silent, dry_run=True)
        if tried.refused or not tried.statements:
            raise _refusal(tried)
        report = import_files([path], kind, observations, _silent)
    return Delivered(report.accepted, report.restated, report.repeated)


def _refusal(tried: Report) -> Refused:
    found = "; ".join(tried.refusals) or "it states nothing"
    return Refused("still_refused", found, "content", "Correct it, with the header of its file, and send it again.")


def _silent(done: int, total: int) -> None:
    """No progress shown."""
