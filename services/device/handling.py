"""Carries out commands, and keeps beside the log what commands to devices say in secret."""

import threading
from collections.abc import Sequence
from typing import Any

from services.decider import Command, Refused
from services.device.commands import RequestDeviceCommand, shown
from services.device.secrets import Secrets
from services.handler import Accepted, Handler, Superseded, VerdictPending


class DeviceHandler(Handler):
    """A handler that knows where secrets are kept."""

    def __init__(self, secrets: Secrets, *given: Any) -> None:
        super().__init__(*given)
        self._secrets, self._one_at_a_time = secrets, threading.Lock()

    def _carried_out(self, commands: Sequence[Command], how: Any) -> list[Accepted | Refused | Superseded]:
        secret = [(number, each) for number, each in enumerate(commands) if _has_secrets(each)]
        if not secret:
            return super()._carried_out(commands, how)
        with self._one_at_a_time:
            return self._with_secrets(commands, how, secret)

    def _with_secrets(
        self, commands: Sequence[Command], how: Any, secret: Sequence[tuple[int, Any]]
    ) -> list[Accepted | Refused | Superseded]:
        durable: set[int] = set()
        for _, command in secret:
            self._secrets.draft(command.command_id, command.parameters)
        try:
            outcomes = super()._carried_out(commands, how)
            durable = {number for number, _ in secret if isinstance(outcomes[number], Accepted)}
        except VerdictPending:
            durable = {number for number, _ in secret}
            raise
        finally:
            for number, command in secret:
                if number in durable:
                    self._secrets.settle(command.command_id)
                else:
                    self._secrets.drop(command.command_id)
        return outcomes


def _has_secrets(command: Command) -> bool:
    return isinstance(command, RequestDeviceCommand) and shown(command) != list(command.parameters)
