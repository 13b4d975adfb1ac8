"""How much the project says and how much of it is tested: lines of code and of tests, and what no test names.

`python -m deploy.measure` counts what stands in the working tree: lines of Python and SQL of the packages that are
shipped, of `deploy/` beside them, and of `tests/`; and it lists the tables that no test names.
"""

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from projections.asked import questions
from projections.catalogue import catalogue
from schemas.contract import AVRO_FOLDER

ROOT = AVRO_FOLDER.parent.parent
SHIPPED = (
    *("schemas", "eventlog", "services", "ingest", "projections", "running"),
    *("gateway", "mobile_api", "demo", "env1357"),
)
"""The packages that an installation has."""


@dataclass(frozen=True)
class Measured:
    """Lines by folder, and names of tables that stand in no test, neither they nor a question that they answer."""

    shipped: dict[str, int]
    deploy: int
    tests: int
    tables: int
    unnamed: tuple[str, ...]

    @property
    def ratio(self) -> float:
        """Lines of tests to a line that is shipped."""
        return self.tests / sum(self.shipped.values())


def measure(root: Path = ROOT) -> Measured:
    """Count the project that stands under `root`."""
    said = "\n".join(path.read_text(encoding="utf-8") for path in (root / "tests").rglob("*.py"))
    words = set(re.findall(r"\w+(?:\.\w+)?", said)) | set(re.findall(r"\w+", said))
    tables = [(name, [ask.name for ask in questions(name)]) for name in catalogue().projections]
    return Measured(
        shipped={name: lines((root / name).rglob("*")) for name in SHIPPED if (root / name).is_dir()},
        deploy=lines((root / "deploy").rglob("*")),
        tests=lines((root / "tests").rglob("*")),
        tables=len(tables),
        unnamed=tuple(name for name, asks in tables if not words & {name, *asks, *map(camel, asks)}),
    )


def lines(paths: Iterable[Path]) -> int:
    """Lines of Python and SQL in files, blank ones and comments included."""
    texts = (path.read_text(encoding="utf-8") for path in paths if path.suffix in (".py", ".sql"))
    return sum(len(text.splitlines()) for text in texts)


def camel(name: str) -> str:
    """A question's name as GraphQL has it."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def report(measured: Measured) -> str:
    """What was measured, as lines to be read."""
    folders = [f"{count:7,}  {name}" for name, count in measured.shipped.items()]
    total = sum(measured.shipped.values())
    named = measured.tables - len(measured.unnamed)
    return "\n".join(
        [
            *folders,
            f"{total:7,}  shipped, Python and SQL",
            f"{measured.deploy:7,}  deploy: benchmarks, trials and this",
            f"{measured.tests:7,}  tests: {measured.ratio:.2f} to a line that is shipped",
            f"{named:7,}  of {measured.tables} tables, or a question of theirs, are named in a test",
            *(f"         not {name}" for name in measured.unnamed),
        ]
    )


if __name__ == "__main__":
    sys.stdout.write(report(measure()) + "\n")
