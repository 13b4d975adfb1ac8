"""Results are written whole: as a table for people, CSV or JSON."""

import pytest

from env1357.output import Format, write

LONG = "x" * 300


def test_a_table_in_a_pipe_is_not_cut(capsys: pytest.CaptureFixture[str]) -> None:
    write([f"column {n}" for n in range(30)], [[LONG] * 30], Format.table)
    assert capsys.readouterr().out.count(LONG) == 30


def test_a_table_too_wide_for_the_terminal_is_written_a_field_a_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    write([f"column {n}" for n in range(9)], [["one"] * 9, ["two"] * 9], Format.table)
    lines = capsys.readouterr().out.splitlines()
    assert sum("one" in line for line in lines) == sum("two" in line for line in lines) == 9
    assert all(len(line) <= 60 for line in lines)


def test_what_looks_like_markup_is_written_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    write(["[red]name"], [["[bold]text"]], Format.table)
    written = capsys.readouterr().out
    assert "[red]name" in written
    assert "[bold]text" in written
