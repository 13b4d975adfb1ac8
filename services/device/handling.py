"""Carries out commands, and keeps beside the log what commands to devices say in secret."""

import threading
from collections.abc import Sequence
from typing import Any

from services.decider import Command, Refused
from services.device.commands import RegisterDevice, RequestDeviceCommand, shown
from services.device.keys import key_of
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
            outcomes = super()._carried_out(commands, how)
        else:
            with self._one_at_a_time:
                outcomes = self._with_secrets(commands, how, secret)
        self._register_keys(commands, outcomes)
        return outcomes

    def _register_keys(
        self, commands: Sequence[Command], outcomes: Sequence[Accepted | Refused | Superseded]
    ) -> None:
        """Keep the keys of devices that were registered with one, durably, before that is answered."""
        for command, outcome in zip(commands, outcomes, strict=True):
            if isinstance(command, RegisterDevice) and command.cipher_secret and isinstance(outcome, Accepted):
                self._secrets.keys.register(command.mn, key_of(command.cipher_secret))

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
