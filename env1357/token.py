"""`env1357 token`: keys of devices and departments that send observations."""

import getpass
from pathlib import Path
from typing import Annotated

import typer

from env1357.operating import operate
from env1357.output import Format, write
from env1357.settings import read_settings

token_app = typer.Typer(no_args_is_help=True, help="Issue, list and revoke keys of devices and departments.")

Data = Annotated[Path | None, typer.Option("--data", help="Data folder (ENV1357_DATA; ./data where silent).")]


@token_app.command()
def issue(
    holder: Annotated[str, typer.Argument(help="Who will send with it.")],
    department: Annotated[bool, typer.Option("--department", help="A department's, not a device's.")] = False,
    site: Annotated[
        list[str] | None, typer.Option(help="A site it may speak for; all where none is given.")
    ] = None,
    data: Data = None,
) -> None:
    """Issue a key and write its token, this once: only its hash is kept."""
    kind = "DEPARTMENT" if department else "DEVICE"
    said = {"do": "issue", "holder": holder, "kind": kind, "sites": site or [], "source": getpass.getuser()}
    report = operate(read_settings(data=data), "token", said)
    typer.echo(f"key {report['key_id']}; its token, which is shown only now:", err=True)
    typer.echo(report["token"])


@token_app.command("list")
def list_(
    form: Annotated[Format, typer.Option("--format", help="How to write the result.")] = Format.table,
    data: Data = None,
) -> None:
    """List the keys; their tokens are nowhere."""
    report = operate(read_settings(data=data), "token", {"do": "list"})
    write(report["columns"], report["rows"], form)


@token_app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="The key, as `token list` names it.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    data: Data = None,
) -> None:
    """Revoke a key: nothing that is sent with it is accepted any more."""
    said = {"do": "revoke", "key_id": key_id, "reason": reason, "source": getpass.getuser()}
    report = operate(read_settings(data=data), "token", said)
    typer.echo("revoked" if report["revoked"] else "it was revoked already")
