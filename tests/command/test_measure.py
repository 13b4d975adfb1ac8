"""`python -m deploy.measure`: what it counts."""

from pathlib import Path

from deploy.measure import Measured, camel, lines, measure, report


def written(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def test_lines_of_python_and_sql_count_and_of_nothing_else(tmp_path: Path) -> None:
    written(tmp_path, "services/a.py", "x = 1\n\n# y\n")
    written(tmp_path, "projections/b.sql", "SELECT 1")
    written(tmp_path, "projections/c.csv", "1\n2\n")
    written(tmp_path, "tests/test_a.py", "a\nb\nc\nd\ne\n")
    written(tmp_path, "deploy/d.py", "x\n")
    found = measure(tmp_path)
    assert (found.shipped, found.tests, found.deploy) == ({"services": 3, "projections": 1}, 5, 1)
    assert found.ratio == 1.25
    assert lines([tmp_path / "projections" / "c.csv"]) == 0


def test_a_table_is_named_by_itself_or_by_a_question_of_its_own(tmp_path: Path) -> None:
    written(tmp_path, "tests/test_a.py", 'rows("SELECT 1 FROM air.hourly")\nask("{ dustSources }")\nair.odaily')
    unnamed = measure(tmp_path).unnamed
    assert not {"air.hourly", "air.dust_source"} & set(unnamed)
    assert {"air.daily", "air.catering"} <= set(unnamed)


def test_the_report_says_what_is_not_named() -> None:
    told = report(Measured({"services": 200}, 5, 150, 3, ("air.weather",)))
    assert "150  tests: 0.75 to a line that is shipped" in told
    assert "2  of 3 tables" in told
    assert "not air.weather" in told
    assert camel("air_daily_mean") == "airDailyMean"
