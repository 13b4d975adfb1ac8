"""Commands of those who look after data: reviews of readings, and what becomes of the quarantine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from schemas.standards import factors
from services.decider import Command, Decide, Decider, Fact, require, stated
from services.growing import Growing

Reviews = Growing[str, bool]
"""Whether each review of a site stands; False where it was withdrawn."""


@dataclass(frozen=True, kw_only=True)
class MarkReadings(Command):
    """Judge readings of a site whose periods start in [since, until): INVALID or VALID; no factors means all."""

    site_id: str
    review_id: str
    factors: Sequence[str] = ()
    period: str
    since: datetime
    until: datetime
    verdict: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class WithdrawReview(Command):
    """Take a review of readings back: it is as if it had not been, and what follows is computed anew."""

    site_id: str
    review_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class CorrectSubmission(Command):
    """Say what something in quarantine should have been, so that it can be sent again; `note` says what changed."""

    submission_id: str
    content: str
    note: str


@dataclass(frozen=True, kw_only=True)
class DismissSubmission(Command):
    """Decide that something in quarantine is not to be sent again, and why."""

    submission_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class NoteResent(Command):
    """Note that something in quarantine was sent again and accepted."""

    submission_id: str
    accepted: int
    repeated: int


def mark_readings(command: MarkReadings, reviews: Reviews, _now: datetime) -> Sequence[Fact]:
    """The review, unless its number is taken or it says nothing."""
    _require_reason(command.reason)
    require(
        command.review_id not in reviews,
        "review_exists",
        f"site {command.site_id} has a review {command.review_id!r} already",
        "review_id",
        "Give it another number; to change a review, withdraw it and make a new one.",
    )
    require(
        _aware(command.since) < _aware(command.until),
        "empty_span",
        f"until is {command.until.isoformat()}, which is not behind since, {command.since.isoformat()}",
        "until",
        "Give the start of the first period that is not meant any more.",
    )
    for code in command.factors:
        require(
            code in factors(),
            "unknown_factor",
            f"{code!r} is no factor",
            "factors",
            "Use a code of standards/factor.csv.",
        )
    return [stated("district.readings_marked", command)]


def withdraw_review(command: WithdrawReview, reviews: Reviews, _now: datetime) -> Sequence[Fact]:
    """The withdrawal of a review that stands."""
    _require_reason(command.reason)
    require(
        command.review_id in reviews,
        "unknown_review",
        f"site {command.site_id} has no review {command.review_id!r}",
        "review_id",
        "Look the review up by `marks` of the site.",
    )
    return [stated("district.review_withdrawn", command)] if reviews[command.review_id] else []


def correct_submission(command: CorrectSubmission, state: str, _now: datetime) -> Sequence[Fact]:
    """The corrected content of a submission that is not done with."""
    require_open(command.submission_id, state)
    require(bool(command.note.strip()), "empty", "no note is given", "note", "Say what was corrected.")
    return [Fact("district.submission_corrected", {**_said(command), "content": command.content.encode()})]


def dismiss_submission(command: DismissSubmission, state: str, _now: datetime) -> Sequence[Fact]:
    """The dismissal of a submission that is not done with."""
    require_open(command.submission_id, state)
    _require_reason(command.reason)
    return [stated("district.submission_dismissed", command)]


def note_resent(command: NoteResent, state: str, _now: datetime) -> Sequence[Fact]:
    """The note, once."""
    require_open(command.submission_id, state)
    return [stated("district.submission_resent", command)]


def require_open(submission_id: str, state: str) -> None:
    """Refuse where a submission, of which `state` was the last step, was sent again or dismissed."""
    require(
        state in ("", "district.submission_corrected"),
        "already_resolved",
        f"{submission_id} was {state.rpartition('_')[2]} already",
        "submission_id",
        "Nothing is left to be done with it.",
    )


def _said(command: Command) -> dict[str, object]:
    return dict(stated("", command).fields)


def _reviewed(reviews: Reviews, fact: Fact) -> Reviews:
    return reviews.with_(fact.fields["review_id"], fact.event == "district.readings_marked")


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _require_reason(reason: str) -> None:
    require(bool(reason.strip()), "empty", "no reason is given", "reason", "Say why, for those who read it later.")


def _of_quarantine(decide: Decide) -> Decider:
    """The decider of a step that ends a submission's stay in quarantine, or prepares that."""
    return Decider(
        "quarantine",
        lambda c: c.submission_id,
        decide,
        lambda _, fact: fact.event,
        initial="",
        refers=lambda c: [("submission", f"{c.submission_id}/1", "submission_id")],
    )


DECIDERS: Mapping[type[Command], Decider] = {
    MarkReadings: Decider("review", lambda c: c.site_id, mark_readings, _reviewed, initial=Growing()),
    WithdrawReview: Decider("review", lambda c: c.site_id, withdraw_review, _reviewed, initial=Growing()),
    CorrectSubmission: _of_quarantine(correct_submission),
    DismissSubmission: _of_quarantine(dismiss_submission),
}

OWN: Mapping[type[Command], Decider] = {NoteResent: _of_quarantine(note_resent)}
"""What the platform notes of its own deeds; nobody can send these."""
