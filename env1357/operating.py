"""Carries out an operation where it belongs: in the server that has the data folder open, or here."""

from typing import Any

from env1357.opening import opened, progress_bar
from env1357.settings import Settings
from running import remote
from running.operations import OPERATIONS, Arguments


def operate(settings: Settings, name: str, arguments: Arguments) -> dict[str, Any]:
    """The operation's report. Shows a progress bar on standard error while it runs."""
    with progress_bar() as progress:
        server = remote.running_server(settings.data)
        if server:
            return remote.operate(server, name, arguments, progress)
        with opened(settings, progress) as platform:
            platform.follower.wait_for(platform.log.ends(), 600)
            return OPERATIONS[name](platform, arguments, progress)
