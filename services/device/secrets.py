"""What a command to a device says that nobody may read: a new password, a key. It is kept beside the log.

The log says of it only that it is there, since what stands in the log stands there for ever. Here it stands in a
file for each command, readable by the owner of the process alone, until the command has ended.
"""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from eventlog.durable import sync
from services.decider import Refused
from services.device.keys import Keys
from services.masking import MASK

_HIDDEN = f"={MASK.decode()}"


class Secrets:
    """The parameters of commands whose parameters the log does not have, and keys of devices.

    A draft counts once it is settled.
    """

    def __init__(self, folder: Path | None) -> None:
        """`folder` is made when it is needed; without one nothing can be kept."""
        self._folder = folder
        self.keys = Keys(folder / "sm4" if folder else None)

    def draft(self, command_id: str, parameters: Sequence[str]) -> None:
        """Write down parameters, durably, for a command that may yet be refused."""
        path = self._path(command_id, ".draft")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(list(parameters), file)
            file.flush()
            os.fsync(file.fileno())
        sync(path.parent)

    def settle(self, command_id: str) -> None:
        """The command is in the log."""
        self._path(command_id, ".draft").replace(self._path(command_id))
        sync(self._path(command_id).parent)

    def drop(self, command_id: str) -> None:
        """The command was refused."""
        self._path(command_id, ".draft").unlink(missing_ok=True)

    def forget(self, command_id: str) -> None:
        """The command has ended."""
        if self._folder is not None:
            for ending in ("", ".draft"):
                self._path(command_id, ending).unlink(missing_ok=True)

    def filled(self, command: Mapping[str, Any]) -> Mapping[str, Any]:
        """A row of `monitor.device_command` with its parameters as they are to be sent. Raises `Refused`."""
        if not any(each.endswith(_HIDDEN) for each in command["parameters"]):
            return command
        command_id = command["command_id"]
        for path in (self._path(command_id), self._path(command_id, ".draft")):
            if path.exists():  # a draft that no kill let settle
                return {**command, "parameters": json.loads(path.read_text(encoding="utf-8"))}
        raise Refused(
            "secret_lost",
            f"what command {command_id!r} is to say is not kept here",
            "parameters",
            "Ask for it again, where the listener is that the device reaches.",
        )

    def _path(self, command_id: str, ending: str = "") -> Path:
        if self._folder is None:
            raise Refused("no_secrets", "there is no place for secrets", "parameters", "Name a data folder.")
        return self._folder / f"{hashlib.sha256(command_id.encode()).hexdigest()}{ending}"


NO_SECRETS = Secrets(None)
"""No place for secrets: commands that have some can't be sent."""
