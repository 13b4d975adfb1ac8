"""Style is a test: import directions, sizes, words, grain lines, and that nothing pure reads a clock."""

import ast
import re
import statistics
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from projections.catalogue import all_keys, catalogue
from tests.conftest import ROOT

ALLOWED = {
    "schemas": set(),
    "eventlog": {"schemas"},
    "services": {"eventlog", "schemas"},
    "ingest": {"services", "eventlog", "schemas"},
    "projections": {"eventlog", "schemas"},
    "demo": {"ingest", "services", "eventlog", "schemas"},
    "running": {"demo", "ingest", "services", "projections", "eventlog", "schemas"},
    "gateway": {"running", "ingest", "services", "projections", "eventlog", "schemas"},
    "mobile_api": {"gateway", "services"},
    "env1357": {
        "gateway",
        "mobile_api",
        "running",
        "demo",
        "ingest",
        "services",
        "projections",
        "eventlog",
        "schemas",
    },
}
MODULES = sorted(path for package in ALLOWED for path in (ROOT / package).rglob("*.py"))
SQL = sorted((ROOT / "projections").glob("*/*.sql"))
PURE = [
    *(ROOT / "services").rglob("commands.py"),
    *(ROOT / "services/air").glob("*.py"),
    *(ROOT / "services/water").glob("*.py"),
    ROOT / "services/checks.py",
    ROOT / "services/decider.py",
    ROOT / "services/registers.py",
]
FOLDING = [ROOT / "projections" / f"{name}.py" for name in ("engine", "arbitration", "incoming", "past", "layout")]

each_module = pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
each_sql = pytest.mark.parametrize("path", SQL, ids=lambda path: f"{path.parent.name}.{path.stem}")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[str]:
    """Modules of ours that a module imports, deferred imports counted."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] in ALLOWED)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in ALLOWED:
            known = {module_name(module) for module in MODULES}
            submodules = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in known else node.module for name in submodules)


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def functions() -> list[tuple[str, int]]:
    """Every function with its lines."""
    found = []
    for path in MODULES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found.append((f"{module_name(path)}.{node.name}", (node.end_lineno or 0) - node.lineno + 1))
    return found


@each_module
def test_imports_go_one_way(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    assert {name.split(".")[0] for name in imports(path)} <= ALLOWED[package] | {package}


def test_import_chains_are_short_and_have_no_cycle() -> None:
    graph = {module_name(path): set(imports(path)) for path in MODULES}

    def depth(name: str, above: tuple[str, ...]) -> int:
        assert name not in above, f"a cycle: {' → '.join([*above, name])}"
        below = [depth(each, (*above, name)) for each in graph.get(name, ()) if each != name]
        return 1 + max(below, default=0)

    deepest = max(graph, key=lambda name: depth(name, ()))
    assert depth(deepest, ()) <= 13, deepest  # through seven layers: two modules in each, nearly


@each_module
def test_a_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(tree(path))


@each_module
def test_public_classes_say_what_they_are(path: Path) -> None:
    classes = [node for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)]
    graphql = "strawberry" in path.read_text(encoding="utf-8")  # GraphQL types are described in their decorators
    silent = [c.name for c in classes if not c.name.startswith("_") and not ast.get_docstring(c) and not graphql]
    assert silent == []


def test_modules_are_small() -> None:
    lines = {str(p.relative_to(ROOT)): len(p.read_text(encoding="utf-8").splitlines()) for p in MODULES}
    assert max(lines.values()) <= 400, max(lines, key=lambda name: lines[name])
    assert statistics.median(lines.values()) <= 150


def test_functions_are_small() -> None:
    lines = sorted(functions(), key=lambda function: function[1])
    assert lines[-1][1] <= 70, lines[-1]
    assert lines[int(len(lines) * 0.95)][1] <= 40
    assert statistics.median(count for _, count in lines) <= 8


@pytest.mark.parametrize("word", ["utils", "helpers", "manager", "common"])
def test_no_module_has_a_name_that_says_nothing(word: str) -> None:
    assert [path for path in MODULES if path.stem == word and path.parent.name != "mobile_api"] == []


@each_sql
def test_a_table_says_its_grain_key_and_what_affects_it(path: Path) -> None:
    projection = catalogue().projections[f"{path.parent.name}.{path.stem}"]
    assert projection.key
    if projection.kind == "keyed":
        assert all_keys(projection)
        assert "wanted" in projection.sql


@each_sql
def test_a_table_names_its_sources(path: Path) -> None:
    projection = catalogue().projections[f"{path.parent.name}.{path.stem}"]
    body = re.sub(r"--.*|'[^']*'", "", projection.sql)
    used = set(
        re.findall(r"\b((?:base|standards|air|water|soil|risk|enforcement|plan|ops|monitor)\.[a-z_0-9]+)\b", body)
    )
    assert used <= set(projection.sources), used - set(projection.sources)


@each_sql
def test_a_table_is_short_and_ends_in_a_list_of_columns(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len([line for line in text.splitlines() if not line.startswith("--")]) <= 80
    final = text.rpartition("\nSELECT")[2].partition("\nFROM")[0]
    assert not re.search(r"(?<!count\()\*(?!\))|\.\*", re.sub(r"--.*|/\*.*?\*/| \* ", "", final))


@each_sql
def test_a_table_reads_no_clock_and_no_chance(path: Path) -> None:
    body = re.sub(r"--.*", "", path.read_text(encoding="utf-8")).lower()
    forbidden = (
        r"\b(now|today|current_date|current_timestamp|get_current_timestamp|random|gen_random_uuid|uuidv4|uuidv7)\b"
    )
    assert not re.search(forbidden, body)


@pytest.mark.parametrize("path", [*PURE, *FOLDING], ids=lambda path: str(path.relative_to(ROOT)))
def test_what_must_be_pure_reads_no_clock_and_no_chance(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(
        r"\b(datetime\.now|utcnow|date\.today|time\.time|perf_counter|random|uuid4|urandom)\b", text
    )


def test_exceptions_are_caught_blindly_only_in_the_consumer_loop_and_where_intakes_step_over_them() -> None:
    blind = [
        module_name(p) for p in MODULES if re.search(r"except (Exception|BaseException)\b", p.read_text("utf-8"))
    ]
    assert set(blind) <= {"projections.follower", "eventlog.columns", "services.unexpected", *_ROLLING_BACK}


_ROLLING_BACK = {"eventlog.embedded", "projections.transaction", "projections.replay"}
"""These let go of what they hold and raise again."""


def test_decisions_are_numbered_and_say_context_decision_and_consequences() -> None:
    records = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [int(record.name[:4]) for record in records] == list(range(1, len(records) + 1))
    for record in records:
        text = record.read_text(encoding="utf-8")
        assert all(f"## {part}" in text for part in ("Context", "Decision", "Consequences")), record.name


def test_no_lock_file_names_a_host() -> None:
    locks = [*(ROOT / "requirements").glob("*.txt"), *(ROOT / "web").glob("package-lock.json")]
    assert len(locks) == 3
    for lock in locks:
        assert not re.search(
            r"https?://(?!opencollective|github|tidelift|paulmillr|feross|www\.patreon|paypal|jonschlinkert)[a-z]",
            lock.read_text("utf-8"),
        ), lock
