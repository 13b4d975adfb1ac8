"""Writes the schemas of all clients as GraphQL's language has them, into `schemas/graphql/`.

python -m env1357.sdl             # after a change of what can be asked
python -m env1357.sdl --release   # at a release: what may not be broken from then on
"""

import sys
from collections.abc import Mapping
from pathlib import Path

from graphql import print_schema

from gateway.graphql.operation import SnapshotSchema
from gateway.graphql.schema import build_schema
from mobile_api.manager import manager_schema
from mobile_api.officer import officer_schema
from mobile_api.public import public_schema

FOLDER = Path(__file__).parent.parent / "schemas" / "graphql"
RELEASED = FOLDER / "released"


def served() -> Mapping[str, SnapshotSchema]:
    """The schema of each client, by the name of its file."""
    return {
        "whole": build_schema(),
        "manager": manager_schema(),
        "officer": officer_schema(),
        "public": public_schema(),
    }


def sdl(schema: SnapshotSchema) -> str:
    """A schema in GraphQL's language."""
    return print_schema(schema._schema) + "\n"


def write(folder: Path) -> None:
    """Write the schema of each client."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in served().items():
        (folder / f"{name}.graphql").write_text(sdl(schema), encoding="utf-8")


if __name__ == "__main__":
    write(FOLDER)
    if "--release" in sys.argv:
        write(RELEASED)
