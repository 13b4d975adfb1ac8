"""`docs/catalogue/` says what contract and SQL files say: every event, table and column, and nothing else."""

from pathlib import Path

from projections.catalogue import catalogue
from projections.columns import columns
from projections.described import FOLDER, pages, write
from schemas.contract import event_types


def test_the_committed_pages_are_those_of_today() -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    assert committed == dict(pages()), "write them anew: python -m projections.described"


def test_every_event_stands_there_with_every_field() -> None:
    sections = pages()["events.md"].split("\n## ")[1:]
    found = {section.partition("\n")[0]: section for section in sections}
    assert sorted(found) == sorted(event_types())
    for name, section in found.items():
        rows = [line.split("`")[1] for line in section.splitlines() if line.startswith("| `")]
        assert rows == list(event_types()[name].payload)


def test_every_table_stands_there_with_every_column() -> None:
    for name in catalogue().projections:
        section = pages()[f"{name.partition('.')[0]}.md"].partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        for column in columns(name):
            assert f"| `{column}` |" in section, (name, column)


def test_a_page_of_what_is_no_more_goes(tmp_path: Path) -> None:
    (tmp_path / "noise.md").write_text("# Tables of noise\n")
    write(tmp_path)
    assert not (tmp_path / "noise.md").exists()
    assert (tmp_path / "water.md").exists()
