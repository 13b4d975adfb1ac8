"""What tables and columns are called in GraphQL."""


def named(column: str) -> str:
    """A column's name in GraphQL."""
    first, *rest = column.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def type_name(table: str) -> str:
    """A table's name in GraphQL."""
    return "".join(part.capitalize() for part in table.removeprefix("base.").replace(".", "_").split("_"))
