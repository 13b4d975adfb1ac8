"""The fold's word on which of two rivals counts."""

from typing import Any

from projections.arbitration import Claim, Life, judge
from tests.factories import Tables, lake


def claim(event_id: str, previous: str | None, subject: str = "case/1") -> Claim:
    return Claim(event_id, subject, previous, "enforcement.case_filed", "env1357.enforcement", 0, 0)


def verdicts(*claims: Claim, lives: dict[str, Life] | None = None) -> list[tuple[str, int | None]]:
    return [(c.event_id, n) for c, n in judge({} if lives is None else lives, claims)]


def test_events_that_name_the_head_count_in_turn() -> None:
    assert verdicts(claim("a", None), claim("b", "a"), claim("c", "b")) == [("a", 1), ("b", 2), ("c", 3)]


def test_of_two_rivals_the_first_in_the_log_counts() -> None:
    assert verdicts(claim("a", None), claim("b", "a"), claim("x", "a")) == [("a", 1), ("b", 2), ("x", None)]


def test_what_follows_a_superseded_event_is_superseded_too() -> None:
    assert verdicts(claim("a", None), claim("x", None), claim("y", "x")) == [("a", 1), ("x", None), ("y", None)]


def test_a_repetition_is_passed_over() -> None:
    assert verdicts(claim("a", None), claim("b", "a"), claim("a", None)) == [("a", 1), ("b", 2)]


def test_a_known_life_goes_on_from_its_head() -> None:
    assert verdicts(claim("c", "b"), lives={"case/1": Life("b", 2)}) == [("c", 3)]


def test_subjects_do_not_meddle_with_each_other() -> None:
    assert verdicts(claim("a", None), claim("b", None, "case/2")) == [("a", 1), ("b", 1)]


def test_only_what_counts_reaches_the_tables(tables: Tables) -> None:
    def entry(name: str, previous: str | None = None) -> Any:
        return lake("gantang-lake", name_zh=name, previous=previous)

    first = entry("甲")
    tables.given(first, entry("乙"), entry("丙", first.fields["event_id"]))
    assert tables.rows("SELECT name_zh, sequence FROM base.lake_registered ORDER BY sequence") == [
        ("甲", 1),
        ("丙", 2),
    ]
    assert tables.row("SELECT name_zh FROM base.site") == ("丙",)
    assert tables.row("SELECT count(*) FROM ops.superseded") == (1,)
